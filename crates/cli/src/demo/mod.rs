//! `zksso demo`: sign-on and sessions from end to end, with real passkeys on a real virtual machine.

mod chain;
mod steps;
mod story;

use crate::args::DemoArgs;
use crate::progress::Progress;
use crate::{project, report};

pub(crate) async fn run(arguments: &DemoArgs) -> eyre::Result<()> {
    let progress = Progress::new(arguments.json);
    // The chain first: a wrong URL or key should not cost a compilation.
    let chain = chain::DemoChain::open(arguments).await?;
    let project = project::open(&arguments.project)?;
    let build = project::build(&project, &progress).await?;
    let steps = story::play(&chain, &build.artifacts, &progress).await?;
    drop(progress);
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&steps)?);
    } else {
        println!("{}", report::table(&steps));
    }
    Ok(())
}
