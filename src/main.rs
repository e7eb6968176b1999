//! The command line.

use std::io::{IsTerminal as _, Write, stderr, stdin, stdout};
use std::path::Path;
use std::pin::pin;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use futures_util::future::{Either, select};
use lodestar::app::{App, Council, Ways, told_to_stop};
use lodestar::calendar::Calendar;
use lodestar::cli::{
    Failure, audit, backup, bank_holidays, check, concern, deadline, digest, protocol, themes,
};
use lodestar::clock::Clock;
use lodestar::config::{Config, Environment, LogFormat};
use lodestar::demo::Demo;
use lodestar::store::Store;
use secrecy::ExposeSecret as _;
use tracing::Level;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

/// Runs the dispute resolution protocols of Independent Reviewing Officers in Slack.
#[derive(Parser)]
#[command(version, propagate_version = true, after_help = AFTER_HELP)]
struct Program {
    #[command(subcommand)]
    command: Command,
    /// How logs are written to standard error. `RUST_LOG` chooses which.
    #[arg(
        long,
        global = true,
        value_name = "json|pretty",
        env = "LODESTAR_LOG_FORMAT"
    )]
    log_format: Option<LogFormat>,
}

const AFTER_HELP: &str = "The council's file is lodestar.toml, or what LODESTAR_CONFIG names. Tokens and paths come from the environment: \
    see .env.example. Exit codes: 0 done, 1 it ran and the answer is no, 2 wrong usage or configuration.";

#[derive(Subcommand)]
enum Command {
    /// Try it: a stand-in for Slack in the browser, a sample council, a clock to move. Nothing to set up.
    Demo(DemoArgs),
    /// Run the bot.
    Serve,
    Check(check::CheckArgs),
    Protocol(protocol::ProtocolArgs),
    Deadline(deadline::DeadlineArgs),
    BankHolidays(bank_holidays::BankHolidaysArgs),
    Concern(concern::ConcernArgs),
    Digest(digest::DigestArgs),
    Themes(themes::ThemesArgs),
    Audit(audit::AuditArgs),
    Backup(backup::BackupArgs),
    Restore(backup::RestoreArgs),
}

#[derive(clap::Args)]
struct DemoArgs {
    /// The page's port on this machine; 0 for any that is free.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The protocol of the sample council, such as warwickshire.
    #[arg(long, default_value = "manchester")]
    council: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    // The one cryptography provider; a second call would only say that there is one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let program = match Program::try_parse() {
        Ok(program) => program,
        Err(error) => return said_by_clap(&error),
    };
    match run(program).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // With standard error closed there is nobody left to tell; the exit code still says it.
            let _ = writeln!(stderr(), "{failure}");
            failure.exit_code()
        }
    }
}

/// Help and version as they are; wrong usage as one sentence with where to look.
fn said_by_clap(error: &clap::Error) -> ExitCode {
    if !error.use_stderr()
        || error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    {
        let _ = error.print();
        return if error.use_stderr() {
            ExitCode::from(2)
        } else {
            ExitCode::SUCCESS
        };
    }
    let words = error.to_string();
    let words = words.strip_prefix("error: ").unwrap_or(&words);
    let sentence: Vec<&str> = words
        .lines()
        .take_while(|line| !line.trim().is_empty())
        .map(str::trim)
        .collect();
    let _ = writeln!(stderr(), "{}. See lodestar --help.", sentence.join(" "));
    ExitCode::from(2)
}

async fn run(program: Program) -> Result<(), Failure> {
    let mut out = stdout().lock();
    match program.command {
        Command::Deadline(args) => {
            let calendar = Calendar::built_in().map_err(Failure::usage)?;
            deadline::run(&args, &calendar, &mut stdin().lock(), &mut out)
        }
        Command::BankHolidays(args) => {
            let now = Clock::system().now();
            bank_holidays::run(
                &args,
                &configured_holidays()?,
                now,
                &mut stdin().lock(),
                &mut out,
            )
            .await
        }
        Command::Protocol(args) => {
            let own = configured()?
                .map(|config| config.council.protocols)
                .unwrap_or_default();
            protocol::run(&args, &own, &mut out)
        }
        Command::Demo(args) => {
            start_log(program.log_format.unwrap_or_default(), "warn");
            // Heard from the first moment on, so that nothing is left behind.
            let told = pin!(told_to_stop());
            let starting = Demo::start(&args.council, args.port);
            let (demo, told) = match select(pin!(starting), told).await {
                Either::Left((demo, told)) => (demo?, told),
                Either::Right(_) => return Ok(()),
            };
            writeln!(out, "Lodestar is ready to try: open {}", demo.url())?;
            writeln!(
                out,
                "Everything is in this one process and a temporary folder; press Ctrl-C to end it."
            )?;
            out.flush()?;
            drop(out);
            told.await;
            demo.stop().await;
            Ok(())
        }
        Command::Restore(args) => {
            let environment = environment()?;
            backup::restore(&args, environment.database_url.expose_secret(), &mut out).await
        }
        Command::Check(args) => check::run(args, &environment()?, &mut out).await,
        Command::Serve => {
            drop(out);
            let environment = environment()?;
            start_log(program.log_format.unwrap_or(environment.log_format), "info");
            let council = Council::open(&environment, Clock::system()).await?;
            App::start(council, &environment, Ways::default())
                .await?
                .until_told()
                .await;
            Ok(())
        }
        Command::Concern(args) => {
            let council = opened(program.log_format).await?;
            concern::run(&args, &council, &mut out).await
        }
        Command::Digest(args) => {
            let council = opened(program.log_format).await?;
            digest::run(&args, &council, &mut out).await
        }
        Command::Themes(args) => {
            let council = opened(program.log_format).await?;
            themes::run(&args, &council, &mut out).await
        }
        Command::Audit(args) => {
            audit::run(&args, &store(program.log_format).await?, &mut out).await
        }
        Command::Backup(args) => {
            backup::back_up(&args, &store(program.log_format).await?, &mut out).await
        }
    }
}

/// The council, opened for a command that reads its records.
async fn opened(log_format: Option<LogFormat>) -> Result<Council, Failure> {
    let environment = environment()?;
    start_log(log_format.unwrap_or(environment.log_format), "error");
    must_have_store(&environment)?;
    Council::open(&environment, Clock::system()).await
}

/// The store, for a command that reads the record whatever state the council's file is in. It must be there: nothing is made.
async fn store(log_format: Option<LogFormat>) -> Result<Store, Failure> {
    let environment = environment()?;
    start_log(log_format.unwrap_or(environment.log_format), "error");
    must_have_store(&environment)?;
    let url = environment.database_url.expose_secret();
    Store::open(url, &environment.key_file)
        .await
        .map_err(Failure::usage)
}

/// A command that reads makes no store where there is none.
fn must_have_store(environment: &Environment) -> Result<(), Failure> {
    let url = environment.database_url.expose_secret();
    let file = Path::new(url.trim_start_matches("sqlite:").trim_start_matches("//"));
    if environment.is_postgres() || file.exists() {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "There is no store at {}: set DATABASE_URL to where it is.",
        file.display()
    )))
}

fn environment() -> Result<Environment, Failure> {
    Environment::read(|name| std::env::var(name).ok()).map_err(Failure::faults)
}

/// The council's file, where there is one: commands that need none work without.
fn configured() -> Result<Option<Config>, Failure> {
    let path = environment()?.config;
    if !path.exists() {
        return Ok(None);
    }
    let (config, _) = Config::read(&path).map_err(Failure::faults)?;
    Ok(Some(config))
}

fn configured_holidays() -> Result<bank_holidays::Configured, Failure> {
    Ok(
        configured()?.map_or_else(bank_holidays::Configured::default, |config| {
            bank_holidays::Configured {
                bank_holidays: config.council.bank_holidays,
                closure_days: config.council.closure_days,
            }
        }),
    )
}

/// Logs go to standard error. `RUST_LOG` chooses which of Lodestar's own; libraries are heard from `warn` up only, whatever it says, since
/// below that they print what passes through them: a template's fillings, a request's body.
fn start_log(format: LogFormat, usual: &str) {
    let chosen = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let discreet = filter_fn(|event| {
        *event.level() <= Level::WARN
            || ["lodestar", "sandbox"]
                .iter()
                .any(|own| event.target().starts_with(own))
    });
    let log = tracing_subscriber::fmt::layer()
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal());
    let log = match format {
        LogFormat::Json => log.json().boxed(),
        LogFormat::Pretty => log.boxed(),
    };
    tracing_subscriber::registry()
        .with(log.with_filter(discreet).with_filter(chosen))
        .init();
}
