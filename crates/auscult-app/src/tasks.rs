//! Long-running work: every task is tracked, hears the shutdown signal, and says when it fails.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The tracker of every task this process runs.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Tasks {
    /// Starts a tracked task; it ends at its next pause after [`Tasks::shut_down`].
    pub fn spawn<F>(&self, work: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tracker.spawn(work);
    }

    /// The signal that tells a task to end.
    pub fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Waits for `pause`, or less when the process is stopping; false means stop now.
    pub async fn pause(&self, pause: Duration) -> bool {
        tokio::select! {
            () = self.stop.cancelled() => false,
            () = tokio::time::sleep(pause) => true,
        }
    }

    /// Repeats `turn` until shutdown, resting for what it returns. A failing turn is logged and tried again.
    pub fn repeat<T, F>(&self, name: &'static str, turn: T)
    where
        T: Fn() -> F + Send + 'static,
        F: Future<Output = anyhow::Result<Duration>> + Send,
    {
        let tasks = self.clone();
        self.spawn(async move {
            loop {
                let rest = match turn().await {
                    Ok(rest) => rest,
                    Err(error) => {
                        tracing::error!(
                            task = name,
                            error = format!("{error:#}"),
                            "task failed; next try in 5 s"
                        );
                        Duration::from_secs(5)
                    }
                };
                if !tasks.pause(rest).await {
                    return;
                }
            }
        });
    }

    /// Tells every task to end and waits for them, at most `patience`.
    pub async fn shut_down(&self, patience: Duration) {
        self.stop.cancel();
        self.tracker.close();
        if tokio::time::timeout(patience, self.tracker.wait())
            .await
            .is_err()
        {
            tracing::warn!(
                still_running = self.tracker.len(),
                "some tasks did not end in time; their leases will run out"
            );
        }
    }
}
