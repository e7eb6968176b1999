//! Seals what people write, so that neither the database file nor a backup of it can be read without the key file.
//!
//! Each concern has a random key of its own. The key file's key wraps it, and the wrapped key lies in a table that may be
//! deleted from: erasing the row erases the concern's text for good, while the record around it still verifies.
//! The cipher is XChaCha20-Poly1305 throughout: a random 24-byte nonce each time, and what a text belongs to (concern,
//! entry, field) as associated data, so that no sealed text can be moved to another place unnoticed.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, Generate as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret as _, SecretBox, SecretString};

use crate::ids::Subject;

const NONCE: usize = 24;
const MARK: &str = "lodestar-key-1 ";
const CHECK: &[u8] = b"lodestar key check";

/// Why something could not be sealed or opened. Says nothing of the content.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The key file cannot be read or written.
    #[error("cannot {verb} the key file {path}: {source}")]
    File {
        /// `read` or `create`.
        verb: &'static str,
        /// Where it was looked for.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is there and is not a key file.
    #[error(
        "{path} is not a Lodestar key file: put back the file this store was made with, or point LODESTAR_KEY_FILE to it"
    )]
    NotAKey {
        /// The file that was read.
        path: String,
    },
    /// The text was sealed with another key, for another place, or has been changed since.
    #[error("a sealed text does not open: it was changed, moved, or sealed with another key")]
    DoesNotOpen,
    /// The system gave no random numbers.
    #[error("the system gives no random numbers, so nothing can be sealed")]
    NoRandomness,
}

/// A secret key of 32 bytes, wiped from memory when dropped.
pub struct Key(SecretBox<[u8; 32]>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(secret)")
    }
}

impl Key {
    /// A new random key.
    pub fn random() -> Result<Self, SealError> {
        let mut bytes = Box::new([0; 32]);
        *bytes = <[u8; 32]>::try_generate().map_err(|_| SealError::NoRandomness)?;
        Ok(Self(SecretBox::new(bytes)))
    }

    /// Reads the key file. Warns in the log when others on this machine may read it.
    pub fn read(path: &Path) -> Result<Self, SealError> {
        let file = File::open(path).map_err(|source| SealError::File {
            verb: "read",
            path: path.display().to_string(),
            source,
        })?;
        warn_if_others_may_read(&file, path);
        let mut text = String::new();
        let not_a_key = || SealError::NotAKey {
            path: path.display().to_string(),
        };
        file.take(1024)
            .read_to_string(&mut text)
            .map_err(|_| not_a_key())?;
        let text = SecretString::from(text);
        let coded = text.expose_secret().trim_end().strip_prefix(MARK);
        Self::decode(coded.ok_or_else(not_a_key)?).ok_or_else(not_a_key)
    }

    /// Makes a new key file that only its owner may read. Refuses to replace a file that is there.
    pub fn create(path: &Path) -> Result<Self, SealError> {
        let failed = |source| SealError::File {
            verb: "create",
            path: path.display().to_string(),
            source,
        };
        let key = Self::random()?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        let coded = SecretString::from(STANDARD.encode(key.0.expose_secret()));
        file.write_all(MARK.as_bytes())
            .and_then(|()| file.write_all(coded.expose_secret().as_bytes()))
            .and_then(|()| file.write_all(b"\n"))
            .and_then(|()| file.sync_all())
            .map_err(failed)?;
        Ok(key)
    }

    /// A value to keep in the store, by which [`Key::matches`] tells this key from any other.
    pub fn check_value(&self) -> Result<String, SealError> {
        self.seal(CHECK, CHECK)
    }

    /// Whether `check` was made by this key's [`Key::check_value`].
    #[must_use]
    pub fn matches(&self, check: &str) -> bool {
        self.open(check, CHECK)
            .is_ok_and(|opened| opened.expose_secret().as_slice() == CHECK)
    }

    /// This key sealed under `outer`, bound to the subject whose texts it seals.
    pub fn wrap(&self, outer: &Key, of: impl Into<Subject>) -> Result<String, SealError> {
        outer.seal(self.0.expose_secret(), &wrapping(of.into()))
    }

    /// A subject's key from what [`Key::wrap`] gave.
    pub fn unwrap_from(
        wrapped: &str,
        outer: &Key,
        of: impl Into<Subject>,
    ) -> Result<Self, SealError> {
        let opened = outer.open(wrapped, &wrapping(of.into()))?;
        let mut bytes = Box::new([0; 32]);
        if opened.expose_secret().len() != bytes.len() {
            return Err(SealError::DoesNotOpen);
        }
        bytes.copy_from_slice(opened.expose_secret());
        Ok(Self(SecretBox::new(bytes)))
    }

    /// Seals one text of an entry: base64 of the nonce and the ciphertext.
    pub fn seal_text(
        &self,
        plain: &str,
        of: impl Into<Subject>,
        seq: i64,
        field: &str,
    ) -> Result<String, SealError> {
        self.seal(plain.as_bytes(), &place(of.into(), seq, field))
    }

    /// Opens what [`Key::seal_text`] gave, for the same place only.
    pub fn open_text(
        &self,
        sealed: &str,
        of: impl Into<Subject>,
        seq: i64,
        field: &str,
    ) -> Result<String, SealError> {
        let opened = self.open(sealed, &place(of.into(), seq, field))?;
        String::from_utf8(opened.expose_secret().clone()).map_err(|_| SealError::DoesNotOpen)
    }

    fn seal(&self, plain: &[u8], aad: &[u8]) -> Result<String, SealError> {
        let nonce = <[u8; NONCE]>::try_generate().map_err(|_| SealError::NoRandomness)?;
        let payload = Payload { msg: plain, aad };
        let cipher = XChaCha20Poly1305::new(self.0.expose_secret().into());
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| SealError::DoesNotOpen)?;
        let mut bytes = Vec::with_capacity(NONCE + sealed.len());
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&sealed);
        Ok(STANDARD.encode(bytes))
    }

    fn open(&self, sealed: &str, aad: &[u8]) -> Result<SecretBox<Vec<u8>>, SealError> {
        let bytes = STANDARD
            .decode(sealed)
            .map_err(|_| SealError::DoesNotOpen)?;
        let (nonce, msg) = bytes
            .split_first_chunk::<NONCE>()
            .ok_or(SealError::DoesNotOpen)?;
        let cipher = XChaCha20Poly1305::new(self.0.expose_secret().into());
        cipher
            .decrypt(&XNonce::from(*nonce), Payload { msg, aad })
            .map(|plain| SecretBox::new(Box::new(plain)))
            .map_err(|_| SealError::DoesNotOpen)
    }

    fn decode(coded: &str) -> Option<Self> {
        let decoded = SecretBox::new(Box::new(STANDARD.decode(coded).ok()?));
        let mut bytes = Box::new([0; 32]);
        if decoded.expose_secret().len() != bytes.len() {
            return None;
        }
        bytes.copy_from_slice(decoded.expose_secret());
        Some(Self(SecretBox::new(bytes)))
    }
}

fn wrapping(of: Subject) -> Vec<u8> {
    let mut aad = of.sort().as_bytes().to_vec();
    aad.extend_from_slice(b" key ");
    aad.extend_from_slice(&of.number().to_be_bytes());
    aad
}

fn place(of: Subject, seq: i64, field: &str) -> Vec<u8> {
    // The concerns' were the first, and stand without their sort.
    let mut aad = Vec::new();
    if !matches!(of, Subject::Concern(_)) {
        aad.extend_from_slice(of.sort().as_bytes());
        aad.push(b' ');
    }
    aad.extend_from_slice(b"text ");
    aad.extend_from_slice(&of.number().to_be_bytes());
    aad.extend_from_slice(&seq.to_be_bytes());
    aad.extend_from_slice(field.as_bytes());
    aad
}

fn warn_if_others_may_read(file: &File, path: &Path) {
    #[cfg(unix)]
    if let Ok(about) = file.metadata()
        && std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o077 != 0
    {
        tracing::warn!(
            path = %path.display(),
            "others on this machine may read the key file: run chmod 600 on it"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, SealError};

    #[test]
    fn a_text_opens_only_with_its_key_and_in_its_place() -> Result<(), SealError> {
        let key = Key::random()?;
        let sealed = key.seal_text("words", 42, 3, "issue")?;
        assert_eq!(key.open_text(&sealed, 42, 3, "issue")?, "words");
        assert!(key.open_text(&sealed, 43, 3, "issue").is_err());
        assert!(key.open_text(&sealed, 42, 4, "issue").is_err());
        assert!(key.open_text(&sealed, 42, 3, "impact").is_err());
        assert!(Key::random()?.open_text(&sealed, 42, 3, "issue").is_err());
        assert_ne!(key.seal_text("words", 42, 3, "issue")?, sealed);
        Ok(())
    }

    #[test]
    fn a_wrapped_key_opens_only_for_its_concern_and_under_its_outer_key() -> Result<(), SealError> {
        let (outer, key) = (Key::random()?, Key::random()?);
        let wrapped = key.wrap(&outer, 42)?;
        let sealed = key.seal_text("words", 42, 1, "issue")?;
        let again = Key::unwrap_from(&wrapped, &outer, 42)?;
        assert_eq!(again.open_text(&sealed, 42, 1, "issue")?, "words");
        assert!(Key::unwrap_from(&wrapped, &outer, 43).is_err());
        assert!(Key::unwrap_from(&wrapped, &Key::random()?, 42).is_err());
        Ok(())
    }

    #[test]
    fn a_key_is_never_printed() -> Result<(), SealError> {
        assert_eq!(format!("{:?}", Key::random()?), "Key(secret)");
        Ok(())
    }
}
