import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** `tar -cz` of these files, by their paths. */
export function archiveOf(files: Record<string, string | Uint8Array>): Buffer<ArrayBuffer> {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-archive-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const archive = execFileSync('tar', ['-cz', '-C', root, '.']);
  rmSync(root, { recursive: true, force: true });
  return archive;
}
