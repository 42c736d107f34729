//! The session's cookie and the small cookies of a reader's preferences.
//!
//! Over https the session is `__Host-auscult` (Secure, no domain, whole site); plain `auscult` exists only for http on
//! a loopback address. The cookie holds a random token and nothing else.

use axum::http::{HeaderMap, HeaderValue, header};

/// The name of the cookie with the theme a reader chose.
pub const THEME: &str = "auscult-theme";
/// The name of the cookie with the language a reader chose.
pub const LANGUAGE: &str = "auscult-lang";
/// The name of the cookie that switches single keys off.
pub const KEYS: &str = "auscult-keys";

/// How session cookies are written on this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sessions {
    /// Whether people reach the server over https.
    pub https: bool,
}

impl Sessions {
    /// The cookie's name.
    pub const fn name(self) -> &'static str {
        if self.https {
            "__Host-auscult"
        } else {
            "auscult"
        }
    }

    /// The token of a request.
    pub fn token(self, headers: &HeaderMap) -> Option<&str> {
        read(headers, self.name()).filter(|token| !token.is_empty())
    }

    /// The header that keeps a token for so many seconds.
    pub fn set(self, token: &str, seconds: u32) -> Option<HeaderValue> {
        let secure = if self.https { "; Secure" } else { "" };
        let name = self.name();
        let text =
            format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&text).ok()
    }

    /// The header that forgets the token.
    pub fn clear(self) -> Option<HeaderValue> {
        self.set("", 0)
    }
}

/// The header that keeps a preference for a year. Preferences are not secret and decide nothing but looks.
pub fn preference(name: &str, value: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!(
        "{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax"
    ))
    .ok()
}

/// The value of a cookie.
pub fn read<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}
