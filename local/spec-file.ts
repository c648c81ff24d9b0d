import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';

const maxArchiveBytes = 64 * 1_048_576;

/**
 * A document on this machine as the import route takes it: a file as it is, a directory as a compressed archive of what
 * is in it. Throws what the file system says when there is nothing.
 */
export function readSpecFile(path: string): Buffer {
  if (!statSync(path).isDirectory()) return readFileSync(path);
  const members = ['--exclude=node_modules', '--exclude=.git', '-C', path, '.'];
  return execFileSync('tar', ['-cz', ...members], { maxBuffer: maxArchiveBytes });
}
