/** Exit codes of every command; the table in the README is this one. */
export const ExitCode = {
  /** The command did what it was asked, or the deployment is allowed. */
  ok: 0,
  /** Something broke here: the disk, the network, or this program. */
  fault: 1,
  /** What was given is wrong: a flag, a path, a configuration, a line of a file. */
  usage: 2,
  /** A gate says no. */
  notAllowed: 3,
  /** There is no verdict to answer with. */
  noVerdict: 4,
  /** Interrupted from the keyboard. */
  interrupted: 130
} as const
