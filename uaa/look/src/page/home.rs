use super::page;

/// The applications that somebody can open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Home {
    /// One a tile.
    pub tiles: Vec<Tile>,
}

/// An application to open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tile {
    /// Its name.
    pub name: String,
    /// What it is for, in a line.
    pub about: Option<String>,
    /// Path of its logo, of this origin only.
    pub logo: Option<String>,
    /// Where it opens.
    pub href: String,
}

page!(Home, "page/home.html", |_, x| x.text("home-title"), tab: Home);
