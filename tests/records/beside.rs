//! What is kept beside the concerns, printed: reviews, notices and lists of tasks.

use lodestar::cli::Failure;
use lodestar::desk::{NoticeRequest, ReviewRequest};
use lodestar::ids::{CaseRef, NoticeId, TaskKey, TaskListId, TeamId, Text, UserId};
use lodestar::notice::{Command, Notice, Send, Sort};
use lodestar::protocol::Sitting;
use lodestar::review::Record;
use lodestar::tasks::{self, TaskList};

use super::{HOSTILE, Records, contains, lacks};

/// A change of Thu 10 Dec, told by the social worker with this, and seen by the officer.
async fn told(words: &str) -> Records {
    let records = Records::of("buckinghamshire").await;
    let desk = &records.council.desk;
    let (worker, officer) = (UserId::from("U0SOCIALWORKERNORTH"), UserId::from("U0IRO1"));
    let request = NoticeRequest {
        user: worker,
        send: Send {
            sort: Sort::Change,
            team: TeamId::from("north"),
            protocol_hash: String::new(),
            case_ref: Some(CaseRef::from("K-204117")),
            on: Some("2026-12-10".parse().unwrap()),
            items: vec![3],
            other: false,
            category: None,
            officer: Some((officer.clone(), Vec::new())),
            praised: None,
            details: Text::from(words),
        },
    };
    desk.send_notice(request, None).await.unwrap();
    desk.act_on::<Notice>(&officer, NoticeId(1), Command::Seen, None)
        .await
        .unwrap();
    records
}

#[tokio::test]
async fn a_notice_is_shown_without_what_was_written_until_that_is_asked_for() {
    let records = told("The worker left on Thursday.").await;
    let said = records.says(&["concern", "show", "N-1"]).await;
    contains(
        &said,
        &[
            "K-204117",
            "Change of allocated social worker",
            "1  Mon 14 Dec 2026, 10:00:00  sent by",
            "2  Mon 14 Dec 2026, 10:00:00  seen by",
            "--texts prints it",
        ],
    );
    lacks(&said, &["left on Thursday"]);
    let said = records.says(&["concern", "show", "n-1", "--texts"]).await;
    contains(&said, &["What is told:", "| The worker left on Thursday."]);
    let missing = records.run(&["concern", "show", "N-9"]).await;
    assert_eq!(missing, Err(Failure::No("There is no N-9.".to_owned())));
}

#[tokio::test]
async fn an_exported_notice_holds_every_fact_its_words_and_the_hashes_of_the_record() {
    let records = told("The worker left on Thursday.").await;
    let document = records
        .json(&["concern", "export", "N-1", "--format", "json"])
        .await;
    assert_eq!(document["format"], "lodestar record 1");
    assert_eq!(document["sort"], "notice");
    assert_eq!(document["case_ref"], "K-204117");
    let facts = document["facts"].as_array().unwrap();
    assert_eq!(facts.len(), 2);
    assert_eq!(facts[0]["kind"], "notice_sent");
    assert_eq!(facts[0]["texts"]["details"], "The worker left on Thursday.");
    assert_eq!(facts[1]["actor"], "U0IRO1");
    let mut tx = records.council.desk.store().read().await.unwrap();
    let chain = tx.chain(NoticeId(1)).await.unwrap();
    assert_eq!(facts[1]["hash"], chain[1].hash.as_str());
    assert_eq!(document["head"], chain[1].hash.as_str());
}

#[tokio::test]
async fn an_exported_notice_runs_and_fetches_nothing_whatever_was_typed() {
    let records = told(HOSTILE).await;
    let page = records.says(&["concern", "export", "N-1"]).await;
    assert!(page.starts_with("<!doctype html>\n<html lang=\"en-GB\">"));
    contains(
        &page,
        &["&lt;script&gt;alert(1)&lt;/script&gt;", "{{reference}}"],
    );
    lacks(
        &page,
        &[
            "<script", "<img", "<link", "src=", "url(", "https://", "\u{202e}", "\u{1b}",
        ],
    );
    let shown = records.says(&["concern", "show", "N-1", "--texts"]).await;
    lacks(&shown, &["\u{1b}", "\u{202e}", "\n9  Mon"]);
}

#[tokio::test]
async fn a_review_is_shown_and_exported_by_its_own_reference() {
    let records = Records::of("buckinghamshire").await;
    let request = ReviewRequest {
        user: UserId::from("U0IRO1"),
        record: Record {
            team: TeamId::from("north"),
            protocol_hash: String::new(),
            case_ref: CaseRef::from("K-204117"),
            sitting: Sitting::Review,
            review_date: "2026-12-14".parse().unwrap(),
            rag: None,
            concerns: Some(Text::from("The plan has stood still.")),
            attendees: Vec::new(),
            others: None,
            criteria: Vec::new(),
            form: Vec::new(),
        },
    };
    let desk = &records.council.desk;
    desk.record_review(request, None).await.unwrap();
    let said = records.says(&["concern", "show", "R-1", "--texts"]).await;
    contains(
        &said,
        &[
            "Review R-1, held on Mon 14 Dec",
            "Matters of concern:",
            "| The plan has stood still.",
        ],
    );
    let document = records
        .json(&["concern", "export", "R-1", "--format", "json"])
        .await;
    assert_eq!(document["sort"], "review");
    assert_eq!(document["facts"][0]["kind"], "review_held");
    assert_eq!(
        document["facts"][0]["texts"]["concerns"],
        "The plan has stood still."
    );
    let page = records.says(&["concern", "export", "R-1"]).await;
    contains(&page, &["Record of R-1: a review", "K-204117"]);
}

/// A concern about a foster carer, whose protocol asks for the family to be kept informed: T-1 stands beside it.
async fn with_tasks() -> (Records, String) {
    let records = Records::of("fostering-iro").await;
    let id = records.raises("The carer's training is overdue.").await;
    let skip = tasks::Command::NotNeeded {
        task: TaskKey::of("family", 1),
        reason: Text::from("The family asked not to be."),
    };
    let officer = UserId::from("U0FOSTERIRO1");
    let desk = &records.council.desk;
    let case = desk.case(id).await.unwrap().unwrap();
    assert_eq!(case.concern.raiser, officer);
    desk.act_on::<TaskList>(&officer, TaskListId(1), skip, None)
        .await
        .unwrap();
    (records, id.to_string())
}

#[tokio::test]
async fn what_is_kept_beside_a_concern_stands_in_its_print_and_its_export() {
    let (records, id) = with_tasks().await;
    let said = records.says(&["concern", "show", &id]).await;
    contains(
        &said,
        &[
            "Kept beside it, each with a record of its own:",
            "T-1 (open):",
            "Mon 14 Dec 2026, 10:00:00  opened by @U0FOSTERIRO1",
            "not needed, told by @U0FOSTERIRO1",
        ],
    );
    let page = records.says(&["concern", "export", &id]).await;
    contains(&page, &["Kept beside it", "T-1: Besides the steps, open"]);
    lacks(&page, &["asked not to be"]);
    let json = records
        .json(&["concern", "export", &id, "--format", "json"])
        .await;
    assert_eq!(json["beside"][0]["reference"], "T-1");
    assert_eq!(json["beside"][0]["facts"].as_array().unwrap().len(), 3);
    // A concern without anything beside it has no such part.
    let alone = Records::of("manchester").await;
    let id = alone.raises("Drift.").await.to_string();
    lacks(
        &alone.says(&["concern", "show", &id]).await,
        &["Kept beside"],
    );
    lacks(
        &alone.says(&["concern", "export", &id]).await,
        &["Kept beside"],
    );
}

#[tokio::test]
async fn a_list_of_tasks_is_shown_and_exported_as_a_concern_is() {
    let (records, _) = with_tasks().await;
    let said = records.says(&["concern", "show", "T-1"]).await;
    contains(&said, &["Beside concern C-1", "--texts prints it"]);
    lacks(&said, &["asked not to be"]);
    let said = records.says(&["concern", "show", "t-1", "--texts"]).await;
    contains(
        &said,
        &["Why it is not needed:", "| The family asked not to be."],
    );
    let page = records.says(&["concern", "export", "T-1"]).await;
    contains(
        &page,
        &[
            "Record of T-1: a list of tasks",
            "asked not to be",
            "Entry hash",
        ],
    );
    let json = records
        .json(&["concern", "export", "T-1", "--format", "json"])
        .await;
    assert_eq!(json["sort"], "tasks");
    assert_eq!(json["facts"][0]["kind"], "list_opened");
    let missing = records.run(&["concern", "show", "T-9"]).await;
    assert_eq!(missing, Err(Failure::No("There is no T-9.".to_owned())));
}

#[tokio::test]
async fn the_list_has_what_is_kept_beside_the_concerns_with_whom_it_waits_for() {
    let records = told("The worker left on Thursday.").await;
    let said = records.says(&["concern", "list"]).await;
    contains(
        &said,
        &[
            "N-1",
            "Significant change: is a review needed?",
            "the reviewing officer",
            "asked Mon 14 Dec 2026",
        ],
    );
    lacks(&said, &["K-204117", "left on Thursday", "No concern"]);
    let rows = records.json(&["concern", "list", "--json"]).await;
    assert_eq!(rows[0]["kind"], "change");
    assert_eq!(rows[0]["waits_for"], "the reviewing officer");
    let judge = Command::Judge {
        needed: false,
        reason: Text::from("It was planned."),
    };
    let desk = &records.council.desk;
    desk.act_on::<Notice>(&UserId::from("U0IRO1"), NoticeId(1), judge, None)
        .await
        .unwrap();
    let said = records.says(&["concern", "list"]).await;
    assert_eq!(said, "Nothing is open.\n");
    let said = records.says(&["concern", "list", "--closed"]).await;
    contains(
        &said,
        &["N-1", "Significant change", "closed Mon 14 Dec 2026"],
    );
}
