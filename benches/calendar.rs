//! What a due date costs: it is asked for at every card, click and lapse, and must be nothing.

use std::hint::black_box;

use chrono::{Days, NaiveDate};
use criterion::{Criterion, criterion_group, criterion_main};
use lodestar::calendar::{Calendar, Period};

fn due_dates(criterion: &mut Criterion) {
    let Ok(calendar) = Calendar::built_in() else {
        return;
    };
    let first = NaiveDate::default() + Days::new(15_000);
    // Enough starts that no answer is simply remembered, few enough that the table stays warm as it does in the bot.
    let starts: Vec<NaiveDate> = (0..4_096).map(|day| first + Days::new(day)).collect();
    for (name, period) in [
        ("due/5 working days", Period::WorkingDays(5)),
        ("due/10 working days back", Period::WorkingDays(-10)),
        ("due/2 weeks", Period::Weeks(2)),
        ("due/48 hours", Period::Hours(48)),
    ] {
        let mut next = starts.iter().cycle();
        criterion.bench_function(name, |bench| {
            bench.iter(|| {
                let from = next.next().copied().unwrap_or(first);
                calendar.due(black_box(from), black_box(period))
            });
        });
    }
    criterion.bench_function("calendar made", |bench| bench.iter(Calendar::built_in));
    criterion.bench_function("due working/20 working days", |bench| {
        bench.iter(|| calendar.due_working(black_box(first), Period::WorkingDays(20)));
    });
}

criterion_group!(benches, due_dates);
criterion_main!(benches);
