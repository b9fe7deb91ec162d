use super::*;

fn good() -> Plan {
    plan(&Spec::parse(include_str!("../lint/good.yaml"), "good.yaml").unwrap())
}

#[test]
fn the_vendor_is_read() {
    let vendor = good().vendor;
    assert_eq!(vendor.name, "Notes");
    assert_eq!(vendor.token_env, "NOTES_KEY");
    let [server] = &vendor.servers[..] else { panic!("{vendor:#?}") };
    assert_eq!(
        (server.name.as_str(), server.url.as_str(), server.env.as_str()),
        ("default", "https://notes.example", "NOTES_URL")
    );
    assert_eq!(vendor.error_message, ["/message"]);
    assert_eq!(vendor.error_parameter, None);
    assert!(vendor.error_code.is_empty());
    assert_eq!(vendor.token_prefix, None);
    let prefixed = include_str!("../lint/good.yaml")
        .replace("x-env: NOTES_KEY", "x-env: NOTES_KEY, x-token-prefix: note-");
    let prefixed = plan(&Spec::parse(&prefixed, "good.yaml").unwrap());
    assert_eq!(prefixed.vendor.token_prefix.as_deref(), Some("note-"));
}

#[test]
fn an_operation_goes_to_the_server_that_it_names_or_to_the_first() {
    let text = include_str!("../lint/good.yaml")
        .replace(
            "x-env: NOTES_URL }",
            "x-env: A, x-name: one }\n  - { url: https://files.notes.example, x-env: B, x-name: two }",
        )
        .replace("operationId: getNote", "operationId: getNote\n      x-server: two");
    let plan = plan(&Spec::parse(&text, "good.yaml").unwrap());
    let of = |id: &str| plan.operations.iter().find(|o| o.id == id).unwrap().server;
    assert_eq!((of("get_note"), of("add_note")), (1, 0));
}

#[test]
fn operations_are_read() {
    let plan = good();
    let of = |id: &str| plan.operations.iter().find(|o| o.id == id).unwrap();
    let (add, get) = (of("add_note"), of("get_note"));
    assert_eq!(
        (add.id.as_str(), add.method.as_str(), add.path.as_str()),
        ("add_note", "POST", "/notes")
    );
    assert_eq!(add.key.as_ref().map(|k| k.header.as_str()), Some("Note-Key"));
    assert_eq!(add.retry_codes, ["IN_PROGRESS"]);
    assert_eq!(add.answer, Answer::Empty);
    let body = add.body.as_ref().unwrap();
    assert_eq!((body.docs.text.as_str(), body.required), ("A note to be added.", true));
    assert_eq!(get.answer, Answer::One("Note".into()));
    assert_eq!((get.errors[0].0.as_str(), get.errors[0].1.text.as_str()), ("404", "No such note."));
    assert_eq!(get.parameters.keys().collect::<Vec<_>>(), ["after", "note_id", "x_trace"]);
    assert!(get.parameters["note_id"].in_path && !get.parameters["after"].in_path);
}

#[test]
fn an_answer_may_be_a_stream() {
    let plan = good();
    let watch = plan.operations.iter().find(|o| o.id == "watch_note").unwrap();
    let Answer::Events(events) = &watch.answer else { panic!("{watch:#?}") };
    assert_eq!((events.union.as_str(), events.docs.text.as_str()), ("Change", "The changes."));
    assert_eq!((watch.builds.as_str(), &watch.twin), ("watch_note", &None));
    assert!(watch.parameters["last_event_id"].is_cursor);
    let get = plan.operations.iter().find(|o| o.id == "get_note").unwrap();
    assert!(get.parameters.values().all(|parameter| !parameter.is_cursor));
    let change = plan.unions.iter().find(|u| u.name == "Change").unwrap();
    let kinds = change.stream.as_ref().unwrap();
    assert_eq!(
        (&kinds.terminal[..], &kinds.keepalive[..]),
        (&["gone".into()][..], &["tick".into()][..])
    );
    let part = plan.unions.iter().find(|u| u.name == "Part").unwrap();
    assert_eq!(part.stream, None);
}

#[test]
fn an_answer_may_differ_by_status() {
    let answers = |responses: &str| {
        let text = include_str!("../lint/good.yaml")
            .replace("\"204\": { description: Added. }", responses);
        let plan = plan(&Spec::parse(&text, "good.yaml").unwrap());
        plan.operations.into_iter().find(|o| o.id == "add_note").unwrap().answer
    };
    let note = "content: { application/json: { schema: { $ref: '#/components/schemas/Note' } } }";
    let same =
        format!("'200': {{ description: Old., {note} }}, '201': {{ description: New., {note} }}");
    let same = same.replace("}, '201'", "}\n        '201'");
    assert_eq!(answers(&same), Answer::One("Note".into()));
    let differ =
        format!("'204': {{ description: None. }}\n        '201': {{ description: New., {note} }}");
    let Answer::ByStatus(answers) = answers(&differ) else { panic!("{differ}") };
    let found: Vec<_> = answers.iter().map(|a| (a.status, &a.docs.text[..], &a.answer)).collect();
    assert_eq!(found, [(201, "New.", &Answer::One("Note".into())), (204, "None.", &Answer::Empty)]);
}

#[test]
fn an_operation_that_answers_in_two_ways_is_two() {
    let plan = good();
    let of = |id: &str| plan.operations.iter().find(|o| o.id == id).unwrap();
    let (one, two) = (of("search_notes"), of("search_notes_live"));
    assert_eq!((&one.answer, one.twin.as_deref()), (&Answer::Json, Some("search_notes_live")));
    assert!(matches!(&two.answer, Answer::Events(events) if events.union == "Found"));
    assert_eq!((two.builds.as_str(), two.twin.as_deref()), ("search_notes", Some("search_notes")));
    assert!(one.body.as_ref().unwrap().preset.is_empty());
    let body = two.body.as_ref().unwrap();
    assert_eq!(body.schema, "Search");
    assert_eq!(body.preset.iter().find(|(name, _)| name == "live").unwrap().1, true);
}

#[test]
fn schemas_are_sorted_by_what_they_become() {
    let plan = good();
    assert_eq!(
        plan.open_types().into_iter().collect::<Vec<_>>(),
        ["Change", "Color", "Found", "Order", "Part"]
    );
    let objects = [
        "EditChange",
        "FoundNote",
        "GoneChange",
        "NewNote",
        "Note",
        "RulePart",
        "Search",
        "TextPart",
        "TickChange",
    ];
    assert_eq!(plan.objects.keys().collect::<Vec<_>>(), objects);
    assert!(plan.objects["NewNote"].in_request && !plan.objects["Note"].in_request);
    assert_eq!(plan.objects["Note"].fields["color"].text, "A color.");
    assert_eq!(plan.enums[0].values[1].variant, "Blue");
}

#[test]
fn arms_stand_in_the_order_of_the_document_and_lose_their_tag() {
    let plan = good();
    let part = plan.unions.iter().find(|union| union.name == "Part").unwrap();
    let arms: Vec<_> = part.arms.iter().map(|a| (a.kind.as_str(), a.schema.as_str())).collect();
    assert_eq!(arms, [("text", "TextPart"), ("rule", "RulePart")]);
    assert_eq!(plan.objects["TextPart"].required, ["body"]);
    assert!(plan.objects["RulePart"].fields.is_empty());
    assert_eq!(plan.tag_of("RulePart"), Some("kind"));
}

#[test]
fn what_is_not_listed_is_kept_where_the_document_says_so() {
    let good = include_str!("../lint/good.yaml");
    let kept =
        good.replace("description: A note.", "description: A note.\n      x-keep-unknown: true");
    let keeps =
        |text: &str| plan(&Spec::parse(text, "good.yaml").unwrap()).objects["Note"].keeps_unknown;
    assert_eq!((keeps(good), keeps(&kept)), (false, true));
}

#[test]
fn a_request_is_made_of_a_text_unless_the_document_says_otherwise() {
    let good = include_str!("../lint/good.yaml");
    let kept = "description: A note to be added.";
    let refused = good.replace(kept, &format!("{kept}\n      x-from-text: false"));
    let from_text =
        |text: &str| plan(&Spec::parse(text, "good.yaml").unwrap()).objects["NewNote"].from_text;
    assert_eq!((from_text(good), from_text(&refused)), (true, false));
}

#[test]
fn a_form_has_its_file_and_the_limit_stands_in_the_docs() {
    let good = include_str!("../lint/good.yaml");
    let text = good
        .replace(
            "application/json: { schema: { $ref: \"#/components/schemas/NewNote\" } }",
            "multipart/form-data: { schema: { $ref: \"#/components/schemas/NewNote\" } }",
        )
        .replace("text: { type: string,", "text: { type: string, format: binary, x-max-bytes: 5,");
    let plan = plan(&Spec::parse(&text, "good.yaml").unwrap());
    let note = &plan.objects["NewNote"];
    assert_eq!(note.form, Some(FileField { name: "text".into(), max_bytes: Some(5) }));
    assert!(note.fields["text"].text.starts_with("What it says.\n\nAt most 5 bytes: "));
    let add = plan.operations.iter().find(|o| o.id == "add_note").unwrap();
    assert!(add.body.as_ref().is_some_and(|body| body.is_form && body.schema == "NewNote"));
    assert!(plan.objects.iter().all(|(name, object)| name == "NewNote" || object.form.is_none()));
}
