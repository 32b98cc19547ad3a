//! Writing HTML, in which nothing that came from elsewhere can be anything but text.
//!
//! What is markup is a `&'static str`, so it stands in this program; all else is escaped on its way.

use ptyproof_report::printable;

/// A piece of a page.
#[derive(Debug, Default)]
pub(crate) struct Html(String);

/// An attribute: its name and its value.
pub(crate) type Attribute<'a> = (&'static str, &'a str);

impl Html {
    /// Markup of this program's own.
    pub(crate) fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text, whatever it holds: control characters and those that change the direction of writing become visible.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        escape(&printable(text), &mut self.0);
        self
    }

    /// An element that holds whatever `inside` writes.
    pub(crate) fn element(
        &mut self,
        name: &'static str,
        attributes: &[Attribute<'_>],
        inside: impl FnOnce(&mut Self),
    ) -> &mut Self {
        self.element_without_end(name, attributes);
        inside(self);
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
        self
    }

    /// The beginning of an element, which is all of one that holds nothing.
    pub(crate) fn element_without_end(&mut self, name: &'static str, attributes: &[Attribute<'_>]) -> &mut Self {
        self.0.push('<');
        self.0.push_str(name);
        for (attribute, value) in attributes {
            self.0.push(' ');
            self.0.push_str(attribute);
            if !value.is_empty() {
                self.0.push_str("=\"");
                escape(&printable(value), &mut self.0);
                self.0.push('"');
            }
        }
        self.0.push('>');
        self
    }

    /// Appends another piece.
    pub(crate) fn append(&mut self, other: &Self) -> &mut Self {
        self.0.push_str(&other.0);
        self
    }

    /// An element that holds text only.
    pub(crate) fn with_text(&mut self, name: &'static str, attributes: &[Attribute<'_>], text: &str) -> &mut Self {
        self.element(name, attributes, |inside| {
            inside.text(text);
        })
    }

    /// An element that holds lines.
    pub(crate) fn with_lines(&mut self, name: &'static str, lines: &str) -> &mut Self {
        self.element(name, &[], |inside| {
            for line in lines.lines() {
                inside.text(line).markup("\n");
            }
        })
    }

    /// The whole.
    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

/// The address of an id within the page. A question mark begins the state of filters there.
pub(crate) fn address(id: &str) -> String {
    format!("#{}", id.replace('%', "%25").replace('?', "%3F"))
}

/// What may stand in text and in quoted attributes.
fn escape(text: &str, into: &mut String) {
    for c in text.chars() {
        match c {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&#39;"),
            c => into.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_elsewhere_is_text() {
        let mut html = Html::default();
        let hostile = "</script><img src=x onerror=\"a('b')\">&amp;\u{202e}\u{1b}[2J";
        html.element("a", &[("href", hostile), ("hidden", "")], |inside| {
            inside.text(hostile);
        });
        let escaped = "&lt;/script&gt;&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;&amp;amp;\\u{202e}\\u{1b}[2J";
        assert_eq!(html.into_string(), format!("<a href=\"{escaped}\" hidden>{escaped}</a>"));
    }
}
