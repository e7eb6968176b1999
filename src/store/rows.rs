//! Statements whose length depends on how much there is to write. Their texts differ only in numbers of placeholders.

use std::fmt::Write as _;

use sqlx::AssertSqlSafe;

/// The most rows one statement writes; longer lists are written in pieces. Bounds the statement cache and the parameters
/// (SQLite allows 32,766, PostgreSQL 65,535).
pub(super) const CHUNK: usize = 50;

/// `INSERT … VALUES ($1, $2), ($3, $4) …`: `head`, `rows` groups of `columns` placeholders, `tail`.
pub(super) fn values(
    head: &'static str,
    columns: usize,
    rows: usize,
    tail: &'static str,
) -> AssertSqlSafe<String> {
    let mut sql = String::with_capacity(head.len() + tail.len() + rows * columns * 5 + 2);
    sql.push_str(head);
    for row in 0..rows {
        sql.push_str(if row == 0 { " (" } else { ", (" });
        placeholders(&mut sql, row * columns, columns);
        sql.push(')');
    }
    sql.push(' ');
    sql.push_str(tail);
    AssertSqlSafe(sql)
}

/// `… IN ($n, …)`: `head`, one group of `count` placeholders that come after the first `before`, `tail`.
pub(super) fn list(
    head: &'static str,
    before: usize,
    count: usize,
    tail: &'static str,
) -> AssertSqlSafe<String> {
    let mut sql = String::with_capacity(head.len() + tail.len() + count * 5 + 4);
    sql.push_str(head);
    sql.push_str(" (");
    placeholders(&mut sql, before, count);
    sql.push_str(") ");
    sql.push_str(tail);
    AssertSqlSafe(sql)
}

fn placeholders(sql: &mut String, before: usize, count: usize) {
    for n in 1..=count {
        if n > 1 {
            sql.push_str(", ");
        }
        // Writing to a String cannot fail.
        let _ = write!(sql, "${}", before + n);
    }
}
