/**
 * Ends the process with one line when Node is too old. Imported first by every entry point, for its effect:
 * later imports load native modules that crash on an older Node. It must import nothing itself.
 */
const REQUIRED_MAJOR = 24;

if (Number.parseInt(process.versions.node, 10) < REQUIRED_MAJOR) {
  process.stderr.write(
    `Core Framework needs Node ${REQUIRED_MAJOR} or newer; this is Node ${process.versions.node}.\n`,
  );
  process.exit(1);
}
