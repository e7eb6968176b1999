//! The command line.

use std::io::{Write, stderr, stdin, stdout};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lodestar::calendar::Calendar;
use lodestar::cli::{Failure, bank_holidays, deadline, protocol};
use lodestar::clock::Clock;

/// Runs the dispute resolution protocols of Independent Reviewing Officers in Slack.
#[derive(Parser)]
#[command(version)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Deadline(deadline::DeadlineArgs),
    BankHolidays(bank_holidays::BankHolidaysArgs),
    Protocol(protocol::ProtocolArgs),
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Program::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // With standard error closed there is nobody left to tell; the exit code still says it.
            let _ = writeln!(stderr(), "{failure}");
            failure.exit_code()
        }
    }
}

async fn run(command: Command) -> Result<(), Failure> {
    let (mut input, mut out) = (stdin().lock(), stdout().lock());
    match command {
        Command::Deadline(args) => {
            let calendar = Calendar::built_in().map_err(Failure::usage)?;
            deadline::run(&args, &calendar, &mut input, &mut out)
        }
        Command::BankHolidays(args) => {
            let configured = bank_holidays::Configured::default();
            let now = Clock::system().now();
            bank_holidays::run(&args, &configured, now, &mut input, &mut out).await
        }
        Command::Protocol(args) => protocol::run(&args, &[], &mut out),
    }
}
