//! A headless Chromium, over its own protocol. It acts as a person does: finds things by role and accessible name, clicks
//! where they stand, types; and it reads what is on show. Protocol: chromedevtools.github.io/devtools-protocol.

use anyhow::{Context, bail, ensure};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;

/// How long anything may take to come about.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where Chromium is: `CHROMIUM`, or the first of the usual names on the path.
fn chromium() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("CHROMIUM") {
        return Some(named.into());
    }
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|file| file.exists())
}

type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Value>>>>;

/// A running browser; it ends with this.
pub(crate) struct Browser {
    process: Child,
    profile: PathBuf,
    orders: mpsc::UnboundedSender<Message>,
    waiting: Waiting,
    next: AtomicU64,
}

impl Drop for Browser {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
        _ = std::fs::remove_dir_all(&self.profile);
    }
}

impl Browser {
    /// Starts one; none where the machine has no Chromium.
    pub(crate) async fn start() -> anyhow::Result<Option<Arc<Self>>> {
        let Some(program) = chromium() else {
            return Ok(None);
        };
        let profile =
            std::env::temp_dir().join(format!("sandbox-chromium-{:032x}", rand::random::<u128>()));
        let process = Command::new(program)
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
            ])
            .args([
                "--no-first-run",
                "--disable-extensions",
                "--disable-background-networking",
                "--no-proxy-server",
            ])
            .args([
                "--force-color-profile=srgb",
                "--lang=en-GB",
                "--remote-debugging-port=0",
                "about:blank",
            ])
            .arg(format!("--user-data-dir={}", profile.display()))
            .env("LANGUAGE", "en_GB")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("Chromium does not start")?;
        let mut started = Started {
            process: Some(process),
            profile: profile.clone(),
        };
        let url = address(&profile.join("DevToolsActivePort")).await?;
        let (socket, _) = tokio_tungstenite::connect_async(url).await?;
        let (mut out, mut inn) = socket.split();
        let (orders, mut queue) = mpsc::unbounded_channel();
        let waiting: Waiting = Arc::default();
        let answers = Arc::clone(&waiting);
        tokio::spawn(async move {
            while let Some(order) = queue.recv().await {
                if out.send(order).await.is_err() {
                    return;
                }
            }
        });
        tokio::spawn(async move {
            while let Some(Ok(Message::Text(text))) = inn.next().await {
                let told: Value = serde_json::from_str(&text).unwrap_or_default();
                let answered = told["id"].as_u64().and_then(|id| {
                    answers
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .remove(&id)
                });
                if let Some(answered) = answered {
                    _ = answered.send(told);
                }
            }
        });
        let process = started.process.take().context("Chromium is gone")?;
        Ok(Some(Arc::new(Self {
            process,
            profile,
            orders,
            waiting,
            next: AtomicU64::new(1),
        })))
    }

    async fn ask(
        &self,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> anyhow::Result<Value> {
        let id = self.next.fetch_add(1, Ordering::SeqCst);
        let mut order = json!({"id": id, "method": method, "params": params});
        if let Some(session) = session {
            order["sessionId"] = json!(session);
        }
        let (answered, answer) = oneshot::channel();
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, answered);
        self.orders.send(Message::text(order.to_string()))?;
        let told = tokio::time::timeout(PATIENCE * 2, answer)
            .await
            .with_context(|| format!("the browser did not answer {method}"))??;
        ensure!(told["error"].is_null(), "{method}: {}", told["error"]);
        Ok(told["result"].clone())
    }

    /// Opens this address in a tab of its own, as wide and high as said.
    pub(crate) async fn open(
        self: &Arc<Self>,
        url: &str,
        width: u32,
        height: u32,
    ) -> anyhow::Result<Tab> {
        let made = self
            .ask(None, "Target.createTarget", json!({"url": "about:blank"}))
            .await?;
        let target = made["targetId"].as_str().unwrap_or_default().to_owned();
        let attached = self
            .ask(
                None,
                "Target.attachToTarget",
                json!({"targetId": target, "flatten": true}),
            )
            .await?;
        let session = attached["sessionId"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let tab = Tab {
            browser: Arc::clone(self),
            session,
        };
        tab.ask("Page.enable", json!({})).await?;
        tab.ask("Accessibility.enable", json!({})).await?;
        // Every tab behaves as if it were the one in front.
        tab.ask(
            "Emulation.setFocusEmulationEnabled",
            json!({"enabled": true}),
        )
        .await?;
        tab.size(width, height).await?;
        tab.go(url).await?;
        Ok(tab)
    }
}

/// Ends a browser whose start goes wrong half way.
struct Started {
    process: Option<Child>,
    profile: PathBuf,
}

impl Drop for Started {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            _ = process.kill();
            _ = process.wait();
            _ = std::fs::remove_dir_all(&self.profile);
        }
    }
}

/// The address that Chromium writes down once it listens.
async fn address(file: &Path) -> anyhow::Result<String> {
    let look = async {
        let mut tick = tokio::time::interval(Duration::from_millis(25));
        loop {
            tick.tick().await;
            let text = std::fs::read_to_string(file).unwrap_or_default();
            if let Some((port, path)) = text.split_once('\n') {
                return format!("ws://127.0.0.1:{port}{}", path.trim());
            }
        }
    };
    tokio::time::timeout(PATIENCE * 2, look)
        .await
        .context("Chromium does not listen")
}

/// A tab.
pub(crate) struct Tab {
    browser: Arc<Browser>,
    session: String,
}

impl Tab {
    async fn ask(&self, method: &str, params: Value) -> anyhow::Result<Value> {
        self.browser.ask(Some(&self.session), method, params).await
    }

    pub(crate) async fn go(&self, url: &str) -> anyhow::Result<()> {
        self.ask("Page.navigate", json!({"url": url})).await?;
        self.awaits("document.readyState === 'complete'").await
    }

    pub(crate) async fn reload(&self) -> anyhow::Result<()> {
        self.run("globalThis.old = true").await?;
        self.ask("Page.reload", json!({})).await?;
        self.awaits("!globalThis.old && document.readyState === 'complete'")
            .await
    }

    pub(crate) async fn size(&self, width: u32, height: u32) -> anyhow::Result<()> {
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.ask("Emulation.setDeviceMetricsOverride", metrics)
            .await?;
        Ok(())
    }

    pub(crate) async fn dark(&self, dark: bool) -> anyhow::Result<()> {
        let scheme = if dark { "dark" } else { "light" };
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}]});
        self.ask("Emulation.setEmulatedMedia", features).await?;
        Ok(())
    }

    /// Runs a script and gives its value; a promise is awaited.
    pub(crate) async fn run(&self, script: &str) -> anyhow::Result<Value> {
        let params = json!({"expression": script, "returnByValue": true, "awaitPromise": true});
        let told = self.ask("Runtime.evaluate", params).await?;
        ensure!(
            told["exceptionDetails"].is_null(),
            "{script}: {}",
            told["exceptionDetails"]
        );
        Ok(told["result"]["value"].clone())
    }

    /// Waits until this is true, looking again at every change of the page.
    pub(crate) async fn awaits(&self, condition: &str) -> anyhow::Result<()> {
        let script = format!(
            "new Promise((done) => {{
               const look = () => {{ try {{ return Boolean({condition}); }} catch {{ return false; }} }};
               if (look()) return done(true);
               const end = (result) => {{ watch.disconnect(); clearInterval(timer); clearTimeout(last); done(result); }};
               const watch = new MutationObserver(() => look() && end(true));
               watch.observe(document, {{ subtree: true, childList: true, attributes: true, characterData: true }});
               const timer = setInterval(() => look() && end(true), 100);
               const last = setTimeout(() => end(false), {});
             }})",
            PATIENCE.as_millis()
        );
        let begun = std::time::Instant::now();
        loop {
            // A page that is just being left forgets what it was asked.
            match self.run(&script).await {
                Ok(Value::Bool(true)) => return Ok(()),
                Err(_) if begun.elapsed() < PATIENCE => {}
                _ => bail!(
                    "never came about: {condition}; the page says:\n{}",
                    self.words().await?
                ),
            }
        }
    }

    /// What is on show: of the dialog that is open, where one is, else of the page.
    pub(crate) async fn words(&self) -> anyhow::Result<String> {
        let script = "(document.querySelector('dialog[open]') ?? document.body).innerText";
        Ok(self
            .run(script)
            .await?
            .as_str()
            .unwrap_or_default()
            .to_owned())
    }

    /// Waits until these words are on show.
    pub(crate) async fn sees(&self, words: &str) -> anyhow::Result<()> {
        let words = json!(words);
        self.awaits(&format!("[document.querySelector('dialog[open]') ?? document.body, document.getElementById('toasts')].some((one) => one?.innerText.includes({words}))"))
            .await
    }

    /// Waits until these words are not on show any more.
    pub(crate) async fn sees_no(&self, words: &str) -> anyhow::Result<()> {
        let words = json!(words);
        self.awaits(&format!(
            "!(document.querySelector('dialog[open]') ?? document.body).innerText.includes({words})"
        ))
        .await
    }

    /// The node behind the last element of this role and accessible name, once there is one.
    async fn find(&self, role: &str, name: &str) -> anyhow::Result<i64> {
        let begun = std::time::Instant::now();
        loop {
            let document = self.ask("DOM.getDocument", json!({"depth": 0})).await?;
            let root = document["root"]["nodeId"].clone();
            let asked = json!({"nodeId": root, "role": role, "accessibleName": name});
            let found = self.ask("Accessibility.queryAXTree", asked).await;
            let nodes = found.map(|found| found["nodes"].as_array().cloned().unwrap_or_default());
            let shown = nodes.unwrap_or_default();
            let last = shown
                .iter()
                .rfind(|node| node["ignored"] == false)
                .and_then(|node| node["backendDOMNodeId"].as_i64());
            if let Some(node) = last {
                return Ok(node);
            }
            if begun.elapsed() > PATIENCE {
                bail!(
                    "there is no {role} called {name}; the page says:\n{}",
                    self.words().await?
                );
            }
            self.run("new Promise((done) => setTimeout(done, 50))")
                .await?;
        }
    }

    /// Whether a thing of this role and name is there now.
    pub(crate) async fn has(&self, role: &str, name: &str) -> anyhow::Result<bool> {
        let document = self.ask("DOM.getDocument", json!({"depth": 0})).await?;
        let asked =
            json!({"nodeId": document["root"]["nodeId"], "role": role, "accessibleName": name});
        let found = self.ask("Accessibility.queryAXTree", asked).await?;
        let nodes = found["nodes"].as_array().cloned().unwrap_or_default();
        Ok(nodes.iter().any(|node| node["ignored"] == false))
    }

    /// Presses what has this role and name, with the mouse, where it stands.
    pub(crate) async fn press(&self, role: &str, name: &str) -> anyhow::Result<()> {
        let begun = std::time::Instant::now();
        loop {
            let node = self.find(role, name).await?;
            match self.press_node(node).await {
                // It was drawn anew between the looking and the pressing.
                Err(_) if begun.elapsed() < PATIENCE => {}
                result => return result,
            }
        }
    }

    async fn press_node(&self, node: i64) -> anyhow::Result<()> {
        let here = json!({"backendNodeId": node});
        self.ask("DOM.scrollIntoViewIfNeeded", here.clone()).await?;
        let (x, y) = self.middle(&here).await?;
        // What moves while somebody points at it is looked for again.
        self.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
            .await?;
        ensure!(self.middle(&here).await? == (x, y), "it moves");
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let event = json!({"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1});
            self.ask("Input.dispatchMouseEvent", event).await?;
        }
        Ok(())
    }

    async fn middle(&self, node: &Value) -> anyhow::Result<(f64, f64)> {
        let quads = self.ask("DOM.getContentQuads", node.clone()).await?;
        let corner = |at: usize| quads["quads"][0][at].as_f64();
        let (Some(left), Some(top), Some(right), Some(bottom)) =
            (corner(0), corner(1), corner(4), corner(5))
        else {
            bail!("it has no place on the page");
        };
        Ok((f64::midpoint(left, right), f64::midpoint(top, bottom)))
    }

    /// Presses a button.
    pub(crate) async fn button(&self, name: &str) -> anyhow::Result<()> {
        self.press("button", name).await
    }

    /// Types into the field of this label, after what stands there.
    pub(crate) async fn types(&self, label: &str, words: &str) -> anyhow::Result<()> {
        // A field that the page has just drawn takes the focus a moment later.
        let begun = std::time::Instant::now();
        loop {
            let node = self.find("textbox", label).await?;
            match self.ask("DOM.focus", json!({"backendNodeId": node})).await {
                Ok(_) => break,
                Err(fault) if begun.elapsed() > PATIENCE => return Err(fault),
                Err(_) => self
                    .run("new Promise((done) => setTimeout(done, 50))")
                    .await
                    .map(drop)?,
            }
        }
        let to_its_end = "(() => { const field = document.activeElement; try { if (field.selectionStart === field.selectionEnd) field.setSelectionRange(field.value.length, field.value.length); } catch {} return true; })()";
        self.run(to_its_end).await?;
        self.ask("Input.insertText", json!({"text": words})).await?;
        Ok(())
    }

    /// Types into the search field that has the focus.
    pub(crate) async fn types_in_search(&self, words: &str) -> anyhow::Result<()> {
        self.awaits("document.activeElement?.type === 'search'")
            .await?;
        self.ask("Input.insertText", json!({"text": words})).await?;
        Ok(())
    }

    /// Chooses from the menu of this label by what the option says: opens nothing, as a keyboard would.
    pub(crate) async fn chooses(&self, label: &str, option: &str) -> anyhow::Result<()> {
        let node = self.find("combobox", label).await?;
        self.ask("DOM.focus", json!({"backendNodeId": node}))
            .await?;
        let script = format!(
            "(() => {{ const menu = document.activeElement; const wanted = [...menu.options].find((one) => one.label === {});
               menu.value = wanted.value; menu.dispatchEvent(new Event('change', {{ bubbles: true }})); return true; }})()",
            json!(option)
        );
        self.run(&script).await?;
        Ok(())
    }

    /// Presses a key.
    pub(crate) async fn key(&self, key: &str) -> anyhow::Result<()> {
        let code = match key {
            "Enter" => 13,
            "Escape" => 27,
            "Tab" => 9,
            "ArrowDown" => 40,
            "ArrowUp" => 38,
            " " => 32,
            _ => bail!("no key code is known for {key}"),
        };
        let text = match key {
            "Enter" => "\r",
            " " => " ",
            _ => "",
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event =
                json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code});
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = json!(text);
            }
            self.ask("Input.dispatchKeyEvent", event).await?;
        }
        Ok(())
    }

    /// Presses Tab until what has this accessible name has the focus.
    pub(crate) async fn tabs_to(&self, name: &str) -> anyhow::Result<()> {
        for _ in 0..80 {
            if self.focused().await? == name {
                return Ok(());
            }
            self.key("Tab").await?;
        }
        bail!("Tab never comes to {name}")
    }

    /// Waits until what has this accessible name has the focus, without anybody moving it.
    pub(crate) async fn focus_comes_to(&self, name: &str) -> anyhow::Result<()> {
        let begun = std::time::Instant::now();
        while self.focused().await? != name {
            ensure!(
                begun.elapsed() < PATIENCE,
                "the focus does not come to {name}: it is at {:?}",
                self.focused().await?
            );
            self.run("new Promise((done) => setTimeout(done, 50))")
                .await?;
        }
        Ok(())
    }

    /// The accessible name of what has the focus.
    pub(crate) async fn focused(&self) -> anyhow::Result<String> {
        let params = json!({"expression": "document.activeElement"});
        let told = self.ask("Runtime.evaluate", params).await?;
        let asked = json!({"objectId": told["result"]["objectId"], "fetchRelatives": false});
        let found = self.ask("Accessibility.getPartialAXTree", asked).await?;
        Ok(found["nodes"][0]["name"]["value"]
            .as_str()
            .unwrap_or_default()
            .to_owned())
    }

    /// No violation of axe-core's rules here, best practices included. Not looked for, saying so, where `AXE` names no
    /// `axe.min.js`.
    #[expect(clippy::print_stderr, reason = "what was not looked for is said")]
    pub(crate) async fn scan(&self, state: &str) -> anyhow::Result<()> {
        let Some(file) = std::env::var_os("AXE") else {
            eprintln!("not scanned ({state}): AXE names no axe.min.js");
            return Ok(());
        };
        self.run(&format!("{}; true", std::fs::read_to_string(file)?))
            .await?;
        let found = self
            .run("axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.html.slice(0, 200) + ' ' + (node.any[0]?.message ?? '')).join(' | ')}`))")
            .await?;
        ensure!(found == json!([]), "{state}: {found:#}");
        Ok(())
    }

    /// Nothing has to be scrolled sideways.
    pub(crate) async fn fits(&self) -> anyhow::Result<()> {
        self.awaits("document.documentElement.scrollWidth <= innerWidth")
            .await
    }

    /// A picture of it in `target/screenshots`.
    pub(crate) async fn picture(&self, name: &str) -> anyhow::Result<()> {
        self.captured(name, json!({"format": "png"})).await
    }

    /// The same of one thing on it alone, with a little room round about.
    pub(crate) async fn picture_of(&self, selector: &str, name: &str) -> anyhow::Result<()> {
        let place = format!(
            "(() => {{ const {{ x, y, width, height }} = document.querySelector({}).getBoundingClientRect();
               return {{ x: x + scrollX - 8, y: y + scrollY - 8, width: width + 16, height: height + 16, scale: 1 }}; }})()",
            json!(selector)
        );
        let clip = self.run(&place).await?;
        self.captured(name, json!({"format": "png", "clip": clip}))
            .await
    }

    async fn captured(&self, name: &str, how: Value) -> anyhow::Result<()> {
        let told = self.ask("Page.captureScreenshot", how).await?;
        let bytes = base64::Engine::decode(
            &base64::engine::general_purpose::STANDARD,
            told["data"].as_str().unwrap_or_default(),
        )?;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../screenshots");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(format!("{name}.png")), bytes)?;
        Ok(())
    }
}
