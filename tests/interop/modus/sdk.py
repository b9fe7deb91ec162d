"""Uses the sandbox as a customer of Modus would, by the vendor's own SDK. An exception, or an unexpected answer, ends it with
a status that is not 0.

`main.rs` starts the sandbox, says by variables of the environment where it is, and queues what its runs do.
"""

import os
import sys

import modus
from modus._version import __version__

SESSION = "interop-session"
WORKFLOW, SCOPE = int(os.environ["INTEROP_WORKFLOW"]), int(os.environ["INTEROP_SCOPE"])
MODEL = "claude-sonnet-5"


def check(name, found, expected):
    if found != expected:
        sys.exit(f"{name}: found {found!r} instead of {expected!r}")
    print(f"{name}: {found!r}")


def follow(events):
    """The text of a run, and the events other than text."""
    text, others = "", []
    for event in events:
        if event.type == "token":
            text += event.content
        elif event.type == "assistant_content_reset":
            text = event.content
        else:
            others.append(event.type)
    return text, others


def lists(client):
    check("workflows", [w.id for w in client.workflows.list().auto_paging_iter()], [WORKFLOW])
    check("workflow", client.workflows.get(WORKFLOW).name, "Weekly report")
    check("scopes", [s.id for s in client.scopes.list().auto_paging_iter()], [SCOPE])
    check("scope", client.scopes.get(SCOPE).name, "Support")
    of_modus = client.modus.conversations.list(kind="modus", page_size=1).auto_paging_iter()
    check("conversations of Modus", [c.thread_id for c in of_modus], ["t-1", "t-2"])
    check("conversation", [m.content for m in client.modus.conversations.get("t-1").messages], ["Hi", "Hello"])
    of_scope = client.scopes.conversations(SCOPE)
    check("conversations of the scope", [c.thread_id for c in of_scope.list()], ["t-3"])
    check("conversation of the scope", of_scope.get("t-3").thread_id, "t-3")
    runs = list(client.workflows.runs.list(WORKFLOW))
    check("history", [(r.workflow_id, str(r.status)) for r in runs], [("wf_1", "completed")])
    check("run of the history", client.workflows.runs.get(WORKFLOW, runs[0].workflow_id).source.value, "history")
    check("context", client.modus.get_context("Tickets?", limit=5).original_count, 1)


def starts(client):
    runs = client.workflows.runs
    body = {"message": "How many?", "sessionId": SESSION}
    check("run of Modus", follow(runs.create_modus(body)), ("12 are open.", ["done"]))
    check("run of the scope", follow(runs.create_scope(SCOPE, body)), ("12 are open.", ["done"]))
    check("run of the workflow", follow(runs.create(WORKFLOW, body)), ("12 are open.", ["done"]))
    action = {"sessionId": SESSION, "workflowAction": {"toolId": "t-1"}}
    check("workflow action", follow(client.workflows.workflow_actions.execute(action)), ("12 are open.", ["done"]))
    with client.modus.chat_stream("How many?", model=MODEL) as stream:
        check("chat as a stream", "".join(stream.text_stream), "12 are open.")
    check("its result", bool(stream.get_final_result().thread_id), True)
    answer = client.modus.chat("How many?", model=MODEL)
    check("chat", answer.content, "12 are open.")
    more = client.modus.chat("By region?", model=MODEL, thread_id=answer.thread_id)
    check("chat that goes on", (more.content, more.thread_id), ("12 are open.", answer.thread_id))


def steers(client):
    runs = client.workflows.runs
    events = runs.create_modus({"message": "Go", "sessionId": SESSION, "runId": "to-cancel"})
    check("first event of a run that is held", next(events).content, "Half ")
    active = runs.active_by_session([SESSION])
    check("active runs", [(r.run_id, r.status.value) for r in active], [("to-cancel", "running")])
    check("all active runs", [r.run_id for r in runs.active()], ["to-cancel"])
    runs.cancel("to-cancel", {"reason": "interop"})
    check("events after the cancellation", follow(events), ("", ["cancelled"]))
    runs.cancel("to-cancel")
    check("the same once more from the start", follow(runs.stream("to-cancel")), ("Half ", ["cancelled"]))

    events = runs.create_modus({"message": "Go", "sessionId": SESSION, "runId": "to-steer"})
    next(events)
    runs.interrupt("to-steer", {"nextRun": {"message": "EMEA", "sessionId": SESSION, "runId": "steered"}})
    check("interrupted run", follow(events), ("", ["cancelled"]))
    check("run in its place", follow(runs.stream("steered")), ("Only EMEA.", ["done"]))

    asks = {"message": "Send it", "sessionId": SESSION, "runId": "asks"}
    check("run that asks", follow(runs.create_modus(asks))[0], "May I?")
    decided = runs.resume("asks", {"decision": "approve", "message": "", "sessionId": SESSION})
    check("run that goes on", follow(decided), ("Sent.", ["done"]))


def refusals(client):
    for name, call in [
        ("unknown scope", lambda: client.scopes.get(999)),
        ("unknown run", lambda: list(client.workflows.runs.stream("unknown"))),
    ]:
        try:
            call()
        except modus.NotFoundError as error:
            check(name, error.status_code, 404)
        else:
            sys.exit(f"{name}: no error")


def main():
    print(f"modus-sdk {__version__}, Python {sys.version.split()[0]}")
    with modus.Modus() as client:
        lists(client)
        starts(client)
        steers(client)
        refusals(client)
    print("all as expected")


main()
