//! How a zone looks: a name, a logo and colours, checked where they are said.

use crate::zones::Site;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tests::{Browser, Ended, Hallmark, hallmark};

/// A picture of 64 by 16 pixels, as far as it is looked into.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x40\0\0\0\x10\x08\x02\0\0\0";

#[tokio::test]
async fn the_first_zone_looks_as_the_configuration_says() {
    let data = tempfile::tempdir().unwrap();
    let logo = data.path().join("acme.png");
    std::fs::write(&logo, PNG).unwrap();
    let yaml = format!(
        "branding: {{company_name: Acme & Sons, logo_file: '{}', footer_text: Acme of Oslo, help_url: https://acme.example/help, light: {{accent: '#0b5cad'}}}}",
        logo.display()
    );
    let server = Hallmark::start_with(&yaml).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/login").await;
    assert!(
        page.text(".brand").contains("Acme & Sons") && page.html.contains("Acme of Oslo"),
        "{}",
        page.html
    );
    assert!(page.html.contains(r#"href="https://acme.example/help""#), "{}", page.html);
    let sheet = page.attribute("link[href*=brand]", "href");
    let answer = reqwest::get(format!("{}{sheet}", server.api())).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/css; charset=utf-8");
    assert!(answer.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    let text = answer.text().await.unwrap();
    assert!(text.contains("--accent:#0b5cad") && text.contains("--logo-width:128px"), "{text}");
    let (_, rest) = text.split_once("--logo:url(\"").unwrap();
    let logo = rest.split('"').next().unwrap();
    let answer = reqwest::get(format!("{}{logo}", server.api())).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "image/png");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    assert_eq!(answer.bytes().await.unwrap(), PNG);
    let plain = reqwest::get(format!("{}/uaa/resources/mark.svg", server.api())).await.unwrap();
    assert_eq!(plain.status(), 200, "ours are there as well");
}

#[test]
fn what_cannot_be_read_is_refused_at_the_start() {
    let data = tempfile::tempdir().unwrap();
    let config = data.path().join("hallmark.yml");
    for (yaml, said) in [
        ("branding: {light: {accent: '#eeeeee'}}", "`light.accent` is too faint"),
        ("branding: {dark: {action: red}}", "`dark.action` is `red`"),
        ("branding: {logo_file: /nowhere.png}", "`/nowhere.png` cannot be read"),
        ("branding: {logo_file: /etc/hostname}", "`productLogo` is not a PNG"),
    ] {
        std::fs::write(&config, yaml).unwrap();
        let mut run = hallmark();
        run.args(["up", "--listen", "127.0.0.1:0", "--config"]).arg(&config).arg("--data");
        let run = run.arg(data.path().join("data")).output().unwrap();
        let text = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(!run.status.success() && text.contains(said), "{yaml}: {text}");
        let checked = Ended::of(hallmark().args(["config", "check", "--config"]).arg(&config));
        assert!(checked.code != Some(0) && checked.err.contains(said), "{yaml}: {checked:?}");
    }
}

#[tokio::test]
async fn a_zone_looks_like_itself_and_like_no_other() {
    let site = Site::with(&["acme"]).await;
    let logo = STANDARD.encode(PNG);
    let config = |branding| json!({"id": "acme", "subdomain": "acme", "name": "Acme", "config": {"branding": branding}});
    for (bad, said) in [
        (json!({"light": {"accent": "#eee"}}), "too faint"),
        (json!({"productLogo": "AAAA"}), "not a PNG"),
        (json!({"productLogo": "A".repeat(200_000)}), "larger than"),
        (json!({"footerLinks": {"Bad": "javascript:alert(1)"}}), "is no address of a page"),
    ] {
        let refused = site.manage("PUT", "/identity-zones/acme", &config(bad)).await;
        assert_eq!(refused.status, 422, "{refused:?}");
        assert!(refused.text.contains(said), "{refused:?}");
    }
    let links = json!({"Privacy": "https://acme.example/privacy"});
    let own = json!({"companyName": "<b>Acme</b>", "productLogo": logo, "footerLinks": links});
    let saved = site.manage("PUT", "/identity-zones/acme", &config(own)).await;
    assert_eq!(saved.status, 200, "{saved:?}");
    let page = site.ask("acme", "", ("GET", "/login"), &[("accept", "text/html")], &json!(null)).await.text;
    assert!(page.contains("&#60;b&#62;Acme") && !page.contains("<b>Acme"), "{page}");
    assert!(page.contains("https://acme.example/privacy"), "{page}");
    let name = page.split("/resources/").find(|part| part.starts_with("brand.")).unwrap();
    let name = name.split('"').next().unwrap();
    let sheet = |zone: &'static str| {
        let path = format!("/resources/{name}");
        let site = &site;
        async move { site.ask(zone, "", ("GET", &path), &[], &json!(null)).await.status }
    };
    assert_eq!((sheet("acme").await, sheet("").await), (200, 404));
    let other = site.ask("", "", ("GET", "/login"), &[("accept", "text/html")], &json!(null)).await.text;
    assert!(!other.contains("Acme") && !other.contains("brand."), "{other}");
}
