// Problems that a person can solve: whole sentences with a way out, shown without a stack.
export class Problem extends Error {}

const WRITE_REFUSED = new Set(['EACCES', 'EPERM', 'EROFS']);

/** Says what the operating system meant; an error that is none of its usual ones comes back as it is. */
export function asProblem(error) {
  if (error instanceof Problem || !error?.code) return error;
  if (WRITE_REFUSED.has(error.code) && error.path) {
    return new Problem(
      `${error.path} may not be used by this user (${error.code}). It was probably made as root or by someone else. Start as that user, give the folder to yourself (chown), or choose another data folder with DATA_DIR=….`,
    );
  }
  if (error.code === 'ENOSPC') return new Problem(`The disk is full${error.path ? ` (${error.path})` : ''}. Free about 2 GB and start again; what was begun is completed then.`);
  if (error.code === 'ENOENT' && error.syscall?.startsWith('spawn')) return new Problem(`The program ${error.path} is missing. Install Node with npm again and start once more.`);
  return error;
}
