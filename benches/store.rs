//! What durability costs, counted in bare fdatasyncs of the same disk in the same run: a click is to cost no more than six, a
//! batch of a hundred lapses no more than two hundred.
//!
//! Each turn takes the fdatasyncs and the work one after the other, so that a disk that slows down slows both; medians are compared.

use std::fs::File;
use std::hint::black_box;
use std::io::Write as _;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use criterion::{Criterion, criterion_group, criterion_main};
use lodestar::ids::ConcernId;
use lodestar::store::concerns::ConcernRow;
use lodestar::store::deadlines::WantedDeadline;
use lodestar::store::events::NewEvent;
use lodestar::store::outbox::NewMessage;
use lodestar::store::{Store, StoreError};
use serde_json::json;

/// Lapses in a batch.
const BATCH: u32 = 100;
/// Concerns in the store while it is measured.
const CONCERNS: i64 = 2000;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_797_242_400 + seconds)
}

fn row(number: i64, seq: i64) -> ConcernRow {
    ConcernRow {
        number,
        team: format!("team-{}", number % 12),
        protocol: "manchester".to_owned(),
        protocol_hash: "abc".to_owned(),
        route: "main".to_owned(),
        raiser: format!("U0IRO{}", number % 30),
        case_ref: format!("K-{number:06}"),
        category: "drift".to_owned(),
        step: "m-1".to_owned(),
        open: true,
        raised_at: at(0),
        updated_at: at(seq),
        seq,
        // About as long as a concern in the middle of its ladder folds to.
        state: json!({"step": "m-1", "filler": "x".repeat(1500)}).to_string(),
    }
}

fn event(kind: &str, seconds: i64, text: bool) -> NewEvent {
    NewEvent {
        kind: kind.to_owned(),
        at: at(seconds),
        actor: "U0TMN1".to_owned(),
        body: json!({"fact": kind, "step": "m-1", "due": "2026-12-21T17:00:00Z", "holders": ["U0TMN1", "U0TMN2"]}),
        texts: if text {
            vec![(
                "plan".to_owned(),
                "A family finding meeting is booked. ".repeat(20),
            )]
        } else {
            Vec::new()
        },
    }
}

fn wanted(round: i64, due: i64) -> Vec<WantedDeadline> {
    ["lapse", "warn"]
        .iter()
        .map(|kind| WantedDeadline {
            key: format!("{kind}/{round}"),
            kind: (*kind).to_owned(),
            due_at: at(if *kind == "lapse" {
                due
            } else {
                due + 1_000_000_000
            }),
        })
        .collect()
}

fn message(concern: i64, round: i64, kind: &str) -> NewMessage {
    NewMessage {
        delivery: format!("{concern}-{round}-{kind}"),
        kind: kind.to_owned(),
        subject: Some(concern.into()),
        step: "m-1".to_owned(),
        dest: format!("C0TEAM{}", concern % 12),
        recipient: json!({"role": "team_manager", "users": ["U0TMN1"]}),
        payload: json!({"step": "m-1"}),
        priority: 10,
    }
}

/// A store with concerns in it, each with a deadline that has passed.
async fn filled(folder: &std::path::Path) -> Result<Store, StoreError> {
    let url = format!("sqlite:{}", folder.join("bench.db").display());
    let store = Store::open(&url, &folder.join("key")).await?;
    let mut tx = store.begin().await?;
    for _ in 0..CONCERNS {
        let number = tx.next::<ConcernId>().await?.0;
        tx.insert_concern(&row(number, 1)).await?;
        tx.append(number, 0, &[event("raised", 0, true)]).await?;
        tx.sync_deadlines(number, &wanted(0, 0)).await?;
        tx.enqueue(&[message(number, 0, "card")], at(0)).await?;
    }
    tx.commit().await?;
    Ok(store)
}

/// What accepting a card writes: one entry with a text, the index, the deadlines, a receipt, and an edit of the card.
async fn click(store: &Store, concern: i64) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    let row_now = tx.concern(concern).await?;
    let seq = row_now.map_or(0, |row| row.seq);
    tx.first_seen(&format!("{concern}/{seq}"), at(seq)).await?;
    let last = tx
        .append(concern, seq, &[event("accepted", seq, true)])
        .await?;
    tx.update_concern_row(&row(concern, last)).await?;
    tx.sync_deadlines(concern, &wanted(last, 1_000_000)).await?;
    tx.enqueue(&[message(concern, last, "receipt")], at(seq))
        .await?;
    if let Some(card) = tx
        .message_of(concern, "card", "m-1", &format!("C0TEAM{}", concern % 12))
        .await?
    {
        tx.want_edit(card.id, None, 20, at(seq)).await?;
    }
    tx.commit().await
}

/// A hundred lapses: claimed, each concern loaded, two entries each, the index, the next deadlines, a card and a receipt.
async fn batch(store: &Store) -> Result<u32, StoreError> {
    let mut tx = store.begin().await?;
    let due = tx.claim_due(at(500_000), BATCH).await?;
    for deadline in &due {
        let concern = deadline.subject.number();
        let seq = tx.concern(concern).await?.map_or(0, |row| row.seq);
        let events = [event("lapsed", seq, false), event("issued", seq, false)];
        let last = tx.append(concern, seq, &events).await?;
        tx.update_concern_row(&row(concern, last)).await?;
        tx.sync_deadlines(concern, &wanted(last, last)).await?;
        let messages = [
            message(concern, last, "card"),
            message(concern, last, "receipt"),
        ];
        tx.enqueue(&messages, at(seq)).await?;
    }
    tx.commit().await?;
    Ok(u32::try_from(due.len()).unwrap_or(u32::MAX))
}

struct Disk(File);

impl Disk {
    /// The time of `count` bare fdatasyncs, each of one page added to a file: what a log of any kind pays at least.
    fn fdatasyncs(&mut self, count: u32) -> std::io::Result<Duration> {
        let page = [7; 4096];
        let begun = Instant::now();
        for _ in 0..count {
            self.0.write_all(&page)?;
            self.0.sync_data()?;
        }
        Ok(begun.elapsed())
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

#[expect(clippy::print_stdout, reason = "the figure this program is run for")]
fn say(what: &str, limit: u32, work: Vec<Duration>, one_sync: Vec<Duration>) {
    let (work, sync) = (median(work), median(one_sync));
    let ratio = work.as_secs_f64() / sync.as_secs_f64().max(f64::MIN_POSITIVE);
    println!("{what}: {work:?}, {ratio:.1} bare fdatasyncs of {sync:?} (at most {limit})");
}

fn durable(criterion: &mut Criterion) {
    let mut run = || -> Result<(), Box<dyn std::error::Error>> {
        let runtime = tokio::runtime::Runtime::new()?;
        // Beside the build, not in /tmp, which may be no disk.
        let folder = tempfile::tempdir_in(std::env::current_dir()?.join("target"))?;
        let mut disk = Disk(File::create(folder.path().join("bare"))?);
        let store = runtime.block_on(filled(folder.path()))?;

        let (mut work, mut syncs) = (Vec::new(), Vec::new());
        for turn in 0..400 {
            syncs.push(disk.fdatasyncs(6)? / 6);
            let begun = Instant::now();
            runtime.block_on(click(&store, turn % CONCERNS + 1))?;
            work.push(begun.elapsed());
        }
        say("a durable click", 6, work, syncs);

        let (mut work, mut syncs) = (Vec::new(), Vec::new());
        for _ in 0..15 {
            syncs.push(disk.fdatasyncs(200)? / 200);
            let begun = Instant::now();
            let done = runtime.block_on(batch(&store))?;
            work.push(begun.elapsed());
            assert_eq!(done, BATCH, "the batch was not full");
        }
        say("a batch of 100 lapses", 200, work, syncs);

        let mut concern = 0;
        criterion.bench_function("one bare fdatasync", |bench| {
            bench.iter(|| black_box(disk.fdatasyncs(1)));
        });
        criterion.bench_function("a durable click", |bench| {
            bench.iter(|| {
                concern = concern % CONCERNS + 1;
                black_box(runtime.block_on(click(&store, concern)))
            });
        });
        Ok(())
    };
    if let Err(error) = run() {
        #[expect(
            clippy::panic,
            reason = "a measurement of nothing must not pass for one"
        )]
        {
            panic!("the store could not be measured: {error}");
        }
    }
}

criterion_group!(benches, durable);
criterion_main!(benches);
