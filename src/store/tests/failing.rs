//! A store that is locked, full, gone, of another key or another program: said plainly, and over when the cause is.

use std::time::{Duration, Instant};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::{Outcome, Place, at, plain, raised, raw, row};
use crate::ids::ConcernId;
use crate::store::{Store, StoreError, backup};

#[tokio::test]
async fn a_locked_database_is_an_error_in_time_for_the_ack_and_then_works_again() -> Outcome {
    let place = Place::new().await?;
    let other = Store::open(&place.url(), &place.path("key")).await?;
    let held = other.begin().await?;
    let begun = Instant::now();
    let refused = place.store.begin().await;
    assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");
    assert!(
        begun.elapsed() < Duration::from_millis(2500),
        "{:?}",
        begun.elapsed()
    );
    assert!(
        place.store.read().await?.open_concerns().await? == 0,
        "readers go on"
    );
    let looking = Store::open(&place.url(), &place.path("key")).await?;
    assert!(
        looking.read().await?.open_concerns().await? == 0,
        "and so does another command"
    );
    held.rollback().await?;
    place.raise().await?;
    Ok(())
}

#[tokio::test]
async fn a_writer_that_takes_too_long_keeps_nobody_waiting_past_the_ack() -> Outcome {
    let place = Place::new().await?;
    let held = place.store.begin().await?;
    let begun = Instant::now();
    let refused = place.store.begin().await;
    assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");
    assert!(
        begun.elapsed() < Duration::from_millis(2500),
        "{:?}",
        begun.elapsed()
    );
    drop(held);
    place.raise().await?;
    Ok(())
}

#[tokio::test]
async fn a_full_disk_is_said_keeps_nothing_half_written_and_passes() -> Outcome {
    let place = Place::new().await?;
    let concern = place.raise().await?;
    let mut tx = place.store.begin().await?;
    raw(&mut tx, "PRAGMA max_page_count = 1").await?;
    tx.commit().await?;

    let mut tx = place.store.begin().await?;
    let mut at_entry = 1;
    let full = loop {
        let mut event = plain("noted", 60);
        event.body = serde_json::json!({"filler": "x".repeat(20_000)});
        match tx.append(concern, at_entry, &[event]).await {
            Ok(last) => at_entry = last,
            Err(error) => break error,
        }
        assert!(at_entry < 100, "the disk never filled");
    };
    assert!(matches!(full, StoreError::Full), "{full:?}");
    assert!(
        tx.load(concern, 0).await.is_err() && tx.commit().await.is_err(),
        "a unit of work that was lost cannot go on piecemeal"
    );

    let mut tx = place.store.begin().await?;
    assert_eq!(tx.load(concern, 0).await?.len(), 1, "nothing half-written");
    raw(&mut tx, "PRAGMA max_page_count = 1000000").await?;
    tx.append(concern, 1, &[plain("accepted", 61)]).await?;
    tx.commit().await?;
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_gone_is_said_and_works_again_when_it_is_back() -> Outcome {
    let place = Place::new().await?;
    place.raise().await?;
    std::fs::rename(place.path("lodestar.db"), place.path("away.db"))?;
    let refused = place.store.begin().await;
    assert!(matches!(refused, Err(StoreError::Gone(_))), "{refused:?}");
    assert!(
        !place.path("lodestar.db").exists(),
        "no empty one in its place"
    );
    std::fs::rename(place.path("away.db"), place.path("lodestar.db"))?;
    place.raise().await?;

    std::fs::rename(place.path("lodestar.db"), place.path("away.db"))?;
    std::fs::copy(place.path("away.db"), place.path("lodestar.db"))?;
    let refused = place.store.begin().await;
    assert!(
        matches!(&refused, Err(StoreError::Gone(why)) if why.contains("restart lodestar")),
        "{refused:?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_request_cancelled_anywhere_leaves_the_writer_free_and_nothing_half_done() -> Outcome {
    let place = Place::new().await?;
    let concern = place.raise().await?;
    for polls in 0..40 {
        let store = place.store.clone();
        let work = async move {
            let mut tx = store.begin().await?;
            tx.append(concern, 1, &[plain("accepted", 60)]).await?;
            tx.sync_deadlines(concern, &[]).await?;
            tx.rollback().await
        };
        let mut work = Box::pin(work);
        for _ in 0..polls {
            let waker = futures_util::task::noop_waker();
            let mut context = std::task::Context::from_waker(&waker);
            if Future::poll(work.as_mut(), &mut context).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(work);
        let mut tx = place.store.begin().await?;
        assert_eq!(tx.load(concern, 0).await?.len(), 1, "after {polls} polls");
    }
    Ok(())
}

fn config_error<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> String {
    match outcome {
        Err(StoreError::Config(mend)) => mend,
        other => format!("not a configuration error: {other:?}"),
    }
}

#[tokio::test]
async fn the_key_is_made_with_an_empty_store_for_its_owner_alone() -> Outcome {
    let place = Place::new().await?;
    #[cfg(unix)]
    for name in ["key", "lodestar.db"] {
        let about = std::fs::metadata(place.path(name))?;
        let mode = std::os::unix::fs::PermissionsExt::mode(&about.permissions());
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn a_store_opens_with_no_key_but_its_own() -> Outcome {
    let place = Place::new().await?;
    place.raise().await?;
    place.store.close().await;

    let missing = Store::open(&place.url(), &place.path("nowhere")).await;
    let said = config_error(missing);
    assert!(
        said.contains("is not there") && said.contains("LODESTAR_KEY_FILE"),
        "{said}"
    );
    assert!(!place.path("nowhere").exists());

    crate::seal::Key::create(&place.path("other"))?;
    let said = config_error(Store::open(&place.url(), &place.path("other")).await);
    assert!(
        said.contains("not the one this store was sealed with"),
        "{said}"
    );

    std::fs::write(place.path("letter"), "Dear manager")?;
    let said = config_error(Store::open(&place.url(), &place.path("letter")).await);
    assert!(said.contains("is not a Lodestar key file"), "{said}");

    Store::open(&place.url(), &place.path("key")).await?;
    Ok(())
}

#[tokio::test]
async fn an_address_that_names_no_store_of_ours_says_what_to_write() -> Outcome {
    let place = Place::new().await?;
    let key = place.path("key2");
    std::fs::write(place.path("theirs.db"), "")?;
    let theirs = format!("sqlite:{}", place.path("theirs.db").display());
    let options: SqliteConnectOptions = theirs.parse()?;
    let mut conn = sqlx::ConnectOptions::connect(&options).await?;
    sqlx::query("CREATE TABLE theirs (a BIGINT)")
        .execute(&mut conn)
        .await?;
    for (url, says) in [
        ("postgres://localhost/lodestar", "not supported yet"),
        ("mysql:x", "must begin with sqlite:"),
        ("sqlite::memory:", "must name a file"),
        ("sqlite:/no/such/folder/lodestar.db", "folder must exist"),
        (theirs.as_str(), "another program"),
    ] {
        let said = config_error(Store::open(url, &key).await);
        assert!(said.contains(says), "{url}: {said}");
    }
    assert!(!key.exists(), "no key is left lying about");
    Ok(())
}

#[tokio::test]
async fn a_backup_taken_while_at_work_is_put_back_whole_but_never_over_a_store() -> Outcome {
    let place = Place::new().await?;
    let concern = place.raise().await?;
    let mut at_work = place.store.begin().await?;
    at_work.append(concern, 1, &[plain("accepted", 60)]).await?;
    place.store.backup(&place.path("copy.db")).await?;
    at_work.commit().await?;
    assert!(
        place.store.backup(&place.path("copy.db")).await.is_err(),
        "never over a file"
    );

    let refused = backup::restore(&place.path("copy.db"), &place.url()).await;
    assert!(matches!(refused, Err(StoreError::Config(_))), "{refused:?}");
    std::fs::write(place.path("letter"), "Dear manager ".repeat(100))?;
    std::fs::write(place.path("cut-off"), "")?;
    std::fs::copy(place.path("copy.db"), place.path("later.db"))?;
    let later = SqliteConnectOptions::new().filename(place.path("later.db"));
    let mut later = later.connect().await?;
    sqlx::query("UPDATE _sqlx_migrations SET version = 1000 WHERE version = 1")
        .execute(&mut later)
        .await?;
    later.close().await?;
    let elsewhere = format!("sqlite:{}", place.path("back.db").display());
    for (file, says) in [
        ("letter", "is no whole backup"),
        ("cut-off", "is no whole backup (there is nothing in it)"),
        ("nowhere", "is not there"),
        ("later.db", "made by a newer lodestar"),
    ] {
        let said = config_error(backup::restore(&place.path(file), &elsewhere).await);
        assert!(said.contains(says) && said.contains(file), "{said}");
        assert!(!place.path("back.db").exists(), "{file}");
    }

    backup::restore(&place.path("copy.db"), &elsewhere).await?;
    let restored = Store::open(&elsewhere, &place.path("key")).await?;
    let mut tx = restored.begin().await?;
    assert_eq!(
        tx.load(concern, 0).await?.len(),
        1,
        "as of the moment it was taken"
    );
    let texts = tx.texts(concern, None).await?.unwrap_or_default();
    assert_eq!(texts.len(), raised().texts.len());
    let next = tx.next::<ConcernId>().await?;
    tx.insert_concern(&row(next.0)).await?;
    assert!(tx.anchor(at(0).date_naive(), at(0)).await?.is_some());
    Ok(())
}
