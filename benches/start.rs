//! How long a visitor waits: from the start of `lodestar demo` to its page, and to the first card of a story that is told for them.
//! `cargo bench --bench start`.
#![expect(clippy::print_stdout, reason = "it prints its figures")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

const RUNS: usize = 7;

/// The demonstration as a process of its own; it ends with this.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

/// What one request is answered with.
fn ask(address: &str, method: &str, path: &str, body: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    ensure!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    let (_, body) = answer.split_once("\r\n\r\n").context("no body")?;
    Ok(body.to_owned())
}

fn does(address: &str, what: &str, wish: &Value) -> anyhow::Result<()> {
    ask(
        address,
        "POST",
        &format!("/sandbox/guide/{what}"),
        &wish.to_string(),
    )
    .map(drop)
}

/// Asks until the answer has these words.
fn shows(address: &str, path: &str, words: &str) -> anyhow::Result<()> {
    let begun = Instant::now();
    while !ask(address, "GET", path, "")?.contains(words) {
        ensure!(
            begun.elapsed() < Duration::from_mins(1),
            "{path} never shows {words}"
        );
    }
    Ok(())
}

/// From the start of the process: to the page, to a story that has begun, and to its first card.
fn run() -> anyhow::Result<[Duration; 3]> {
    let begun = Instant::now();
    let process = Command::new(env!("CARGO_BIN_EXE_lodestar"))
        .args(["demo", "--port", "0"])
        .stdout(Stdio::piped())
        .spawn()?;
    let mut program = Program(process);
    let mut said = String::new();
    // Kept to the end: a program whose output nobody takes ends.
    let mut out = BufReader::new(program.0.stdout.take().context("it says nothing")?);
    out.read_line(&mut said)?;
    let (_, address) = said.trim().rsplit_once("http://").context("no address")?;
    ask(address, "GET", "/", "")?;
    let page = begun.elapsed();
    let by = json!({"user": "U0IRO1"});
    does(address, "begin", &json!({"story": "christmas"}))?;
    let story = begun.elapsed();
    // The command is typed; once its form is there it is filled in, and with another press sent, as a visitor lets it be done.
    does(address, "do", &by)?;
    shows(address, "/sandbox/people/U0IRO1/views", "raise_concern")?;
    does(address, "do", &by)?;
    does(address, "do", &by)?;
    let cards = "/sandbox/messages?channel=C0NORTHTEAMMANAGER";
    shows(address, cards, "Starred recommendation")?;
    Ok([page, story, begun.elapsed()])
}

fn main() -> anyhow::Result<()> {
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        runs.push(run()?);
    }
    for (at, what) in ["page", "story begun", "first card"].iter().enumerate() {
        let mut times: Vec<Duration> = runs.iter().map(|run| run[at]).collect();
        times.sort_unstable();
        let [first, .., last] = times.as_slice() else {
            continue;
        };
        println!(
            "{what}: {:.2?}, from {first:.2?} to {last:.2?} in {RUNS} runs",
            times[RUNS / 2]
        );
    }
    Ok(())
}
