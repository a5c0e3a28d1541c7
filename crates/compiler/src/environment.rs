//! The part of the process environment that a build looks at, as a value that tests can replace.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

/// Where programs and compilers are searched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// `$PATH`.
    pub path: Option<OsString>,
    /// `$SOLC`: a solc executable to use.
    pub solc: Option<PathBuf>,
    /// `$ZKSOLC`: a zksolc executable to use where that is the back-end.
    pub zksolc: Option<PathBuf>,
    /// `$HOME`, whose `.svm` folder holds compilers installed by svm.
    pub home: Option<PathBuf>,
    /// `$XDG_DATA_HOME`, or its default below the home folder.
    pub data_home: Option<PathBuf>,
}

impl Environment {
    /// Reads the variables of this process.
    pub fn from_process() -> Self {
        let home = non_empty("HOME").or_else(|| non_empty("USERPROFILE"));
        let data_home = non_empty("XDG_DATA_HOME")
            .or_else(|| home.as_ref().map(|home| home.join(".local/share")));
        Self {
            path: env::var_os("PATH"),
            solc: non_empty("SOLC"),
            zksolc: non_empty("ZKSOLC"),
            home,
            data_home,
        }
    }

    /// Returns the first executable file called `name` on the path.
    pub fn find(&self, name: &str) -> Option<PathBuf> {
        let name = format!("{name}{}", env::consts::EXE_SUFFIX);
        env::split_paths(self.path.as_ref()?)
            .map(|dir| dir.join(&name))
            .find(|file| is_executable(file))
    }

    /// Starts a command line that sees this environment's path.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        match &self.path {
            Some(path) => command.env("PATH", path),
            None => command.env_remove("PATH"),
        };
        command
    }
}

fn non_empty(name: &str) -> Option<PathBuf> {
    env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata()
        .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
}
