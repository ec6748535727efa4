// `npm start`: everything on one machine that has only Node. The work is in local/; this file stays readable for any Node.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Huiliu needs Node 20.19 or newer; this is Node ${process.versions.node}. Install a newer one from https://nodejs.org and start again.`);
  process.exit(1);
}
if (process.platform === 'win32') {
  console.error('Huiliu starts on Linux and macOS. On Windows, run it inside WSL.');
  process.exit(1);
}
void import('./local/start.mjs').then(({ start }) => start());
