use super::activity::Flight;
use http_body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Sleep, sleep};

type Error = Box<dyn std::error::Error + Send + Sync>;

/// A body with an eye on it: a request's may not stand still for long, a response's keeps its connection busy.
pub(super) struct Patient<B> {
    body: B,
    patience: Option<Duration>,
    alarm: Option<Pin<Box<Sleep>>>,
    _flight: Option<Flight>,
}

impl<B> Patient<B> {
    /// A request's body, which fails when nothing of it comes for that long.
    pub(super) fn reading(body: B, patience: Duration) -> Self {
        Patient { body, patience: Some(patience), alarm: None, _flight: None }
    }

    /// A response's body, with which its request ends.
    pub(super) fn holding(body: B, flight: Flight) -> Self {
        Patient { body, patience: None, alarm: None, _flight: Some(flight) }
    }
}

impl<B> Body for Patient<B>
where
    B: Body + Unpin,
    B::Error: Into<Error>,
{
    type Data = B::Data;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            self.alarm = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let Some(patience) = self.patience else { return Poll::Pending };
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(alarm.as_mut().poll(cx));
        Poll::Ready(Some(Err("the request body stood still for too long".into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
