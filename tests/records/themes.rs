//! `lodestar themes`: the counts of a period, without Slack.

use lodestar::cli::Failure;

use super::{Records, contains, lacks};

#[tokio::test]
async fn the_counts_of_a_period_are_printed_as_a_table_as_csv_and_as_json() {
    let records = Records::of("manchester").await;
    for _ in 0..2 {
        records.raises("Drift.").await;
    }
    let table = records.says(&["themes"]).await;
    contains(
        &table,
        &[
            "From Mon 15 Dec 2025 to Mon 14 Dec 2026.",
            "concerns: all",
            "concerns: month, 2026-12",
            "reviews: all",
            "good practice: all",
            "general concerns: all",
        ],
    );
    lacks(&table, &["U0IRO1", "Drift.", "K-204117"]);
    let csv = records
        .says(&["themes", "--format", "csv", "--from", "2026-12-01"])
        .await;
    assert_eq!(csv.lines().next(), Some("of,by,name,rating,number"));
    contains(
        &csv,
        &[
            "concerns,all,,,2\n",
            "concerns,outcome,open,,2\n",
            "reviews,all,,,0\n",
        ],
    );
    let json = records
        .json(&["themes", "--format", "json", "--team", "north"])
        .await;
    assert_eq!(json["format"], "lodestar themes 1");
    assert_eq!(json["concerns"]["all"]["count"], 2);
    assert_eq!(json["reviews"]["all"]["count"], 0);
    assert_eq!(json["notices"]["praise"]["count"], 0);
    let shared = records
        .says(&["themes", "--share", "--format", "csv"])
        .await;
    contains(&shared, &["concerns,all,,,fewer than 5\n"]);
    lacks(&shared, &["K-204117", ",2\n"]);
    let before = records
        .says(&["themes", "--format", "csv", "--to", "2026-11-30"])
        .await;
    contains(&before, &["concerns,all,,,0\n"]);
}

#[tokio::test]
async fn a_team_that_is_not_there_or_a_period_that_ends_before_it_begins_is_wrong_usage() {
    let records = Records::of("manchester").await;
    for (typed, said) in [
        (&["themes", "--team", "east"][..], "No team is called east"),
        (
            &["themes", "--from", "2026-12-02", "--to", "2026-12-01"][..],
            "give --from the earlier day",
        ),
        (&["themes", "--from", "tea"][..], "tea"),
    ] {
        let refused = records.run(typed).await.unwrap_err();
        assert!(
            matches!(&refused, Failure::Usage(why) if why.contains(said)),
            "{refused}"
        );
    }
}
