//! What is kept beside the concerns, printed: reviews and notices.

use lodestar::cli::Failure;
use lodestar::desk::{NoticeRequest, ReviewRequest};
use lodestar::ids::{CaseRef, NoticeId, TeamId, Text, UserId};
use lodestar::notice::{Command, Notice, Send, Sort};
use lodestar::review::Record;

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
            review_date: "2026-12-14".parse().unwrap(),
            rag: None,
            concerns: Some(Text::from("The plan has stood still.")),
            attendees: Vec::new(),
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
