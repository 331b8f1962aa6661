//! A page as a tree, read by the parser of a browser.

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

pub(crate) struct Dom {
    dom: RcDom,
}

#[derive(Clone)]
pub(crate) struct Element {
    handle: Handle,
    above: Vec<String>,
}

impl Dom {
    pub(crate) fn parse(html: &str) -> Dom {
        Dom { dom: parse_document(RcDom::default(), ParseOpts::default()).one(html) }
    }

    /// What the parser had to mend.
    pub(crate) fn errors(&self) -> Vec<String> {
        self.dom.errors.borrow().iter().map(ToString::to_string).collect()
    }

    pub(crate) fn elements(&self) -> Vec<Element> {
        let mut found = Vec::new();
        walk(&self.dom.document, &[], &mut found);
        found
    }

    pub(crate) fn all(&self, name: &str) -> Vec<Element> {
        self.elements().into_iter().filter(|element| element.name() == name).collect()
    }

    /// Every element with the names of its attributes, without any text.
    pub(crate) fn shape(&self) -> Vec<String> {
        let line = |element: Element| {
            let names: Vec<String> = element.attributes().into_iter().map(|(name, _)| name).collect();
            format!("{} {} {}", element.above.join("/"), element.name(), names.join(" "))
        };
        self.elements().into_iter().map(line).collect()
    }
}

impl Element {
    pub(crate) fn name(&self) -> String {
        match &self.handle.data {
            NodeData::Element { name, .. } => name.local.to_string(),
            _ => String::new(),
        }
    }

    pub(crate) fn attributes(&self) -> Vec<(String, String)> {
        match &self.handle.data {
            NodeData::Element { attrs, .. } => attrs
                .borrow()
                .iter()
                .map(|attr| (attr.name.local.to_string(), attr.value.to_string()))
                .collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        self.attributes().into_iter().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    pub(crate) fn is_inside(&self, name: &str) -> bool {
        self.above.iter().any(|above| above == name)
    }

    pub(crate) fn inside(&self, name: &str) -> Vec<Element> {
        let mut found = Vec::new();
        walk(&self.handle, &[], &mut found);
        found.into_iter().filter(|element| element.name() == name).collect()
    }

    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        collect(&self.handle, &mut text);
        text
    }
}

impl std::fmt::Debug for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{} {:?}>", self.name(), self.attributes())
    }
}

fn walk(handle: &Handle, above: &[String], found: &mut Vec<Element>) {
    let mut above = above.to_vec();
    if let NodeData::Element { name, .. } = &handle.data {
        found.push(Element { handle: handle.clone(), above: above.clone() });
        above.push(name.local.to_string());
    }
    for child in handle.children.borrow().iter() {
        walk(child, &above, found);
    }
}

fn collect(handle: &Handle, text: &mut String) {
    if let NodeData::Text { contents } = &handle.data {
        text.push_str(&contents.borrow());
    }
    for child in handle.children.borrow().iter() {
        collect(child, text);
    }
}
