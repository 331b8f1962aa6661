//! Writes every page in every language to a folder, to look at: `cargo run -p uaa-look --example pages -- /tmp/pages`.

#[path = "../tests/pages"]
mod pages {
    pub(crate) mod samples;
}

use pages::samples::{self, Surroundings};
use std::path::Path;
use std::{env, fs, io};
use uaa_look::{Envelope, Lang, Look};

fn main() -> io::Result<()> {
    let folder = env::args().nth(1).ok_or_else(|| io::Error::other("name a folder to write to"))?;
    let look = Look::new();
    let as_it_is: samples::Text<'_> = &str::to_owned;
    let surroundings = Surroundings::new(as_it_is);
    for lang in Lang::ALL {
        let folder = Path::new(&folder).join(lang.tag());
        fs::create_dir_all(&folder)?;
        for (name, page) in samples::all(as_it_is) {
            let html = look.render(&surroundings.around(lang), page.as_ref());
            fs::write(folder.join(name).with_extension("html"), html)?;
        }
    }
    for lang in Lang::ALL {
        let folder = Path::new(&folder).join("mail").join(lang.tag());
        fs::create_dir_all(&folder)?;
        let now = samples::now();
        let contact = Some("platform@acme.example");
        let envelope = Envelope { lang, zone_name: "Acme Platform", contact, now, offset_minutes: Some(60) };
        for (name, message) in samples::mail::samples(as_it_is) {
            let mail = look.mail(&envelope, message.as_ref());
            fs::write(folder.join(name).with_extension("html"), mail.html)?;
            fs::write(
                folder.join(name).with_extension("txt"),
                format!("Subject: {}\n\n{}", mail.subject, mail.text),
            )?;
        }
    }
    let resources = Path::new(&folder).join("resources");
    fs::create_dir_all(&resources)?;
    for name in look.asset_names() {
        if let Some(asset) = look.asset(&name) {
            fs::write(resources.join(&name), asset.bytes)?;
        }
    }
    Ok(())
}
