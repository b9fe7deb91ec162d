use super::*;

fn push_all(assembler: &mut Assembler, chunks: &[Value]) {
    for chunk in chunks {
        push(assembler, chunk).unwrap();
    }
}

fn run() -> Vec<Value> {
    let status = json!({ "type": "data-run-status", "id": "s", "data": { "stage": "a" } });
    let begin = [status, with(start("m1"), json!({ "messageMetadata": { "a": [1] } })), step()];
    let calls =
        [input_start(), input_delta("{\"a\":"), input_delta("1}"), available(json!({ "a": 1 }))];
    [&begin[..], &whole_text("one"), &calls, &[output(json!("x")), finish_step()]].concat()
}

#[test]
fn a_replay_takes_the_place_of_what_was_told_wherever_that_stopped() {
    let run = run();
    for cut in 0..=run.len() {
        let mut assembler = Assembler::new();
        push_all(&mut assembler, &run[..cut]);
        assembler.reconnected();
        push_all(&mut assembler, &run);
        assert_eq!(shown(&mut assembler), read(run.clone()), "{cut}");
    }
}

#[test]
fn until_a_replay_starts_the_message_is_what_it_was() {
    let mut assembler = Assembler::new();
    push_all(&mut assembler, &run());
    let before = shown(&mut assembler);
    assembler.reconnected();
    assert_eq!(shown(&mut assembler), before);
    push_all(&mut assembler, &run()[..1]);
    assert_eq!(shown(&mut assembler), before);
    push_all(&mut assembler, &[start("m1")]);
    assert_eq!(shown(&mut assembler)["parts"], json!([run()[0]]));
}

#[test]
fn where_no_start_comes_the_message_goes_on() {
    let mut assembler = Assembler::new();
    push_all(&mut assembler, &[start("m1"), text_start("t0"), text_delta("t0", "on")]);
    assembler.reconnected();
    push_all(&mut assembler, &[text_delta("t0", "e"), text_end("t0")]);
    assert_eq!(shown(&mut assembler)["parts"], json!([done("one")]));
}

#[test]
fn a_replay_that_tells_no_id_keeps_the_one_that_is_known() {
    let mut assembler = Assembler::new();
    push_all(&mut assembler, &[start("m1"), text_start("t0")]);
    assembler.reconnected();
    push_all(&mut assembler, &[json!({ "type": "start" })]);
    assert_eq!(shown(&mut assembler), json!({ "id": "m1", "role": "assistant", "parts": [] }));
}

#[test]
fn a_message_that_goes_on_does_so_again_from_where_it_stood() {
    let asked = call(
        "approval-responded",
        json!({ "input": {}, "approval": { "id": "a1", "approved": true } }),
    );
    let prior =
        json!({ "id": "m1", "role": "assistant", "parts": [{ "type": "step-start" }, asked] });
    let chunks = [&[start("m2"), output(json!("x")), step()][..], &whole_text("Done.")].concat();
    let mut assembler = continuing(&prior);
    push_all(&mut assembler, &chunks[..5]);
    assembler.reconnected();
    push_all(&mut assembler, &chunks);
    assert_eq!(shown(&mut assembler), read_with(continuing(&prior), chunks));
}

#[test]
fn a_message_does_not_go_on_in_a_later_run() {
    let prior =
        json!({ "id": "m1", "role": "assistant", "parts": [{ "type": "text", "text": "old" }] });
    let mut assembler = continuing(&prior);
    push_all(&mut assembler, &[start("m2")]);
    assembler.reconnected();
    push_all(&mut assembler, &[start("m3")]);
    assert_eq!(shown(&mut assembler), json!({ "id": "m3", "role": "assistant", "parts": [] }));
}
