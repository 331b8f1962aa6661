//! Jobs: work that goes on after its request, as whoever began it, and only while they still may.

use crate::sweep::people::{self, Person, Token};
use crate::sweep::places::{self, Branch};
use serde_json::json;
use tests::inside::Inside;
use uaa_authz::{Delete, Subject};
use uaa_directory::{Job, SpaceRole};
use uaa_model::{Id, UAA_ZONE};
use uaa_plugin::Site::Api;
use uaa_store::{Cond, Field, Query};

struct Scene {
    inside: Inside,
    here: Branch,
    people: Vec<Person>,
}

impl Scene {
    async fn set() -> Scene {
        let inside = Inside::open(false).await;
        let here = places::plant(&inside).await.swap_remove(0);
        let people = people::gather(&inside, &here).await;
        Scene { inside, here, people }
    }

    fn token(&self, name: &str) -> &str {
        let person = self.people.iter().find(|p| p.name == name).expect("somebody of that name");
        person.token(Token::Full).expect("a token")
    }

    async fn ask(&self, who: &str, method: &str, path: &str) -> tests::inside::Heard {
        self.inside.ask(Api, method, path, Some(self.token(who)), None).await
    }

    /// The state of the newest job and what went wrong with it.
    async fn newest(&self) -> (String, String) {
        let mut tx = self.inside.begin(UAA_ZONE);
        let seen = tx.visible::<Job>().await.expect("all");
        let page = tx.list(&seen, &Query::first(1).by("guid", true)).await.expect("jobs");
        let job = &page.rows[0].own;
        (job.state.clone(), job.errors.clone())
    }
}

#[tokio::test]
async fn an_organization_goes_with_all_that_is_in_it() {
    let scene = Scene::set().await;
    let organization = format!("/v3/organizations/{}", scene.here.organization);
    assert_eq!(scene.ask("root", "DELETE", &organization).await.status, 202);
    assert_eq!(scene.newest().await.0, "PROCESSING");
    // Until the job has run everything is there, and nothing may be added.
    assert_eq!(scene.ask("root", "GET", &organization).await.status, 200);
    let space = json!({"name": "late", "relationships": {"organization": {"data": {"guid": scene.here.organization}}}});
    let late = scene.inside.ask(Api, "POST", "/v3/spaces", Some(scene.token("root")), Some(&space)).await;
    assert_eq!((late.status, late.body["errors"][0]["code"].as_u64()), (422, Some(10020)), "{late:?}");
    // Asked twice, done once.
    assert_eq!(scene.ask("root", "DELETE", &organization).await.status, 202);
    assert_eq!(scene.inside.served.jobs.run().await, Ok(2));
    assert_eq!(scene.newest().await, ("COMPLETE".into(), "[]".into()));
    assert_eq!(scene.inside.served.jobs.run().await, Ok(0));
    assert_eq!(scene.ask("root", "GET", &organization).await.status, 404);
    assert_eq!(scene.ask("root", "GET", &format!("/v3/spaces/{}", scene.here.space)).await.status, 404);
    let roles = scene.ask("root", "GET", &format!("/v3/roles?space_guids={}", scene.here.space)).await;
    assert_eq!(roles.body["pagination"]["total_results"], 0);
}

#[tokio::test]
async fn a_right_that_is_gone_ends_the_job() {
    let scene = Scene::set().await;
    let space = format!("/v3/spaces/{}", scene.here.space);
    let manager = "with organization_manager";
    let asked = scene.ask(manager, "DELETE", &space).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    let me = scene.people.iter().find(|p| p.name == manager).expect("a manager").id;
    let mut tx = scene.inside.begin(UAA_ZONE);
    let seen = tx.visible::<uaa_directory::OrganizationRole>().await.expect("all");
    let bound = tx.find(&seen, Cond::In(Field::Text("role_name"), vec!["organization_manager".into()])).await;
    let bound = bound.expect("the database answers").expect("a binding");
    assert_eq!(bound.own.subject, me);
    let granted = tx.grant::<Delete, uaa_directory::OrganizationRole>(Id::new(bound.guid)).await.expect("it");
    tx.unbind(granted).await.expect("taken away");
    tx.commit().await.expect("committed");
    assert_eq!(scene.inside.served.jobs.run().await, Ok(1));
    let (state, errors) = scene.newest().await;
    assert_eq!(state, "FAILED");
    assert!(errors.contains("CF-ResourceNotFound"), "{errors}");
    // Nothing of it was done, and the space can be used again.
    let shown = scene.ask("root", "GET", &space).await;
    assert_eq!(shown.status, 200);
    let renamed = json!({"name": "still here"});
    let renamed = scene.inside.ask(Api, "PATCH", &space, Some(scene.token("root")), Some(&renamed)).await;
    assert_eq!(renamed.status, 200, "{renamed:?}");
    let mut tx = scene.inside.begin(UAA_ZONE);
    let seen = tx.visible::<SpaceRole>().await.expect("all");
    let left = tx.list(&seen, &Query::first(10).when(Cond::Ids("space_guid", vec![scene.here.space]))).await;
    assert!(left.expect("bindings").total > 0, "the roles in it are there");
}

#[tokio::test]
async fn a_job_outlives_the_process_that_took_it() {
    let mut scene = Scene::set().await;
    let space = format!("/v3/spaces/{}", scene.here.space);
    assert_eq!(scene.ask("root", "DELETE", &space).await.status, 202);
    let claimed = scene.inside.hall.access.due(10).await.expect("jobs");
    assert!(matches!(claimed[0].actor.subject, Subject::Client(_)) && claimed[0].tries == 1);
    // The process that holds the claim dies; another one takes over when the claim has run out.
    scene.inside = scene.inside.reopen().await;
    assert_eq!(scene.inside.served.jobs.run().await, Ok(0));
    scene.inside.clock.advance(50_061);
    assert_eq!(scene.inside.served.jobs.run().await, Ok(1));
    assert_eq!(scene.newest().await.0, "COMPLETE");
}
