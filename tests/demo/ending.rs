//! The program told to stop, as a shell or a service manager does it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, ensure};
use tempfile::TempDir;

/// `lodestar demo` as a process of its own, with a page looking on.
struct Program {
    process: Child,
    address: String,
    folder: TempDir,
    changes: BufReader<TcpStream>,
    /// Connections that stay open.
    open: Vec<TcpStream>,
    /// Kept, so that what it says further has somewhere to go.
    _out: BufReader<ChildStdout>,
}

impl Program {
    fn start() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut process = Command::new(env!("CARGO_BIN_EXE_lodestar"))
            .args(["demo", "--port", "0"])
            .env("TMPDIR", folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut said = String::new();
        let mut out = BufReader::new(process.stdout.take().context("it says nothing")?);
        out.read_line(&mut said)?;
        let (_, address) = said.trim().rsplit_once("http://").context("no address")?;
        let address = address.to_owned();
        let changes = BufReader::new(request(&address, "GET", "/sandbox/changes", "", "")?);
        let upgrade = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        let open = vec![request(&address, "GET", "/sandbox/live", upgrade, "")?];
        let mut program = Self {
            process,
            address,
            folder,
            changes,
            open,
            _out: out,
        };
        program.hears_of_a_change()?;
        Ok(program)
    }

    /// Asks for something and does not wait for the answer.
    fn asks(&mut self, path: &str, body: &str) -> anyhow::Result<()> {
        let json = "content-type: application/json\r\n";
        let asked = request(&self.address, "POST", path, json, body)?;
        self.open.push(asked);
        Ok(())
    }

    fn hears_of_a_change(&mut self) -> anyhow::Result<()> {
        let mut line = String::new();
        while !line.starts_with("data:") {
            line.clear();
            ensure!(self.changes.read_line(&mut line)? > 0, "the stream ended");
        }
        Ok(())
    }

    /// Told to stop, it ends well, says nothing and leaves nothing behind.
    fn ends_well(mut self, signal: &str) -> anyhow::Result<()> {
        let id = self.process.id().to_string();
        let told = Command::new("kill").args([signal, &id]).status()?;
        ensure!(told.success(), "it could not be told");
        let mut said = String::new();
        let mut errors = self.process.stderr.take().context("no standard error")?;
        errors.read_to_string(&mut said)?;
        let status = self.process.wait()?;
        ensure!(status.success() && said.is_empty(), "{status}: {said}");
        let left = std::fs::read_dir(self.folder.path())?.count();
        ensure!(left == 0, "{left} things are left behind");
        Ok(())
    }
}

fn request(
    address: &str,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> anyhow::Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )?;
    Ok(stream)
}

const SIGNALS: [&str; 2] = ["-TERM", "-INT"];

#[test]
fn told_to_stop_it_ends_at_once_though_a_page_looks_on() -> anyhow::Result<()> {
    for signal in SIGNALS {
        Program::start()?.ends_well(signal)?;
    }
    Ok(())
}

#[test]
fn told_to_stop_while_a_story_begins_it_ends_without_a_panic() -> anyhow::Result<()> {
    for signal in SIGNALS {
        let mut program = Program::start()?;
        program.asks("/sandbox/guide/begin", r#"{"story": "christmas"}"#)?;
        program.hears_of_a_change()?;
        program.ends_well(signal)?;
    }
    Ok(())
}

#[test]
fn told_to_stop_while_the_clock_moves_or_a_command_is_answered_it_ends_without_a_panic()
-> anyhow::Result<()> {
    for (path, body) in [
        ("/sandbox/clock/day", "{}"),
        (
            "/sandbox/people/U0IRO1/type",
            r#"{"text": "/concern list"}"#,
        ),
    ] {
        let mut program = Program::start()?;
        program.asks(path, body)?;
        program.ends_well("-TERM")?;
    }
    Ok(())
}
