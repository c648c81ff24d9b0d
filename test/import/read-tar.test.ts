import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleOf } from '../../functions/import/document/bundle-of.ts';
import { isTar, readTar } from '../../functions/import/document/read-tar.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-tar-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What `tar` makes of these files. */
function archive(files: Record<string, string>, flags: string[] = [], members = ['.']): Buffer {
  const root = mkdtempSync(join(directory, 'tree-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return execFileSync('tar', ['-c', ...flags, '-C', root, ...members], { maxBuffer: 64 * 1_048_576 });
}

const textsOf = (bytes: Uint8Array) =>
  Object.fromEntries(readTar(bytes).files.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]));

const deep = `${'directory-with-a-name/'.repeat(5)}pet.yaml`;
const longer = `${'directory-with-a-name/'.repeat(12)}pet.yaml`;

describe('reading a tar archive', () => {
  it.each([
    ['gnu', { 'openapi.yaml': 'openapi: 3.1.0', 'my pets/größe=1.yaml': 'a', [deep]: 'b', [longer]: 'c', empty: '' }],
    ['posix', { 'openapi.yaml': 'openapi: 3.1.0', 'my pets/größe=1.yaml': 'a', [deep]: 'b', [longer]: 'c', empty: '' }],
    ['ustar', { 'openapi.yaml': 'openapi: 3.1.0', 'my pets/pet.yaml': 'a', [deep]: 'b', empty: '' }],
    ['v7', { 'openapi.yaml': 'openapi: 3.1.0', 'my pets/pet.yaml': 'a'.repeat(513), empty: '' }],
  ])('finds every file by its whole name in the format %s', (format, files) => {
    const bytes = archive(files, [`--format=${format}`]);
    expect(isTar(bytes)).toBe(true);
    expect(textsOf(bytes)).toEqual(files);
  });

  it('does not depend on where in memory the bytes are', () => {
    const bytes = archive({ 'a.yaml': 'a' });
    const elsewhere = Buffer.concat([Buffer.alloc(7, 'x'), bytes]).subarray(7);
    expect(textsOf(elsewhere)).toEqual({ 'a.yaml': 'a' });
  });

  it('follows no link', () => {
    const root = mkdtempSync(join(directory, 'links-'));
    writeFileSync(join(root, 'a.yaml'), 'a');
    symlinkSync('/etc/passwd', join(root, 'b.yaml'));
    execFileSync('ln', [join(root, 'a.yaml'), join(root, 'c.yaml')]);
    const { files, links } = readTar(execFileSync('tar', ['-c', '-C', root, 'a.yaml', 'b.yaml', 'c.yaml']));
    expect(files.map(({ path }) => path)).toEqual(['a.yaml']);
    expect(links).toEqual(['b.yaml', 'c.yaml']);
  });

  it('takes the last of equal paths, and absolute ones from the root of the archive', () => {
    const absolute = archive({ 'a.yaml': 'new' }, ['-P', '--transform=s,^,/api/./x/../,'], ['a.yaml']);
    expect(textsOf(absolute)).toEqual({ 'api/a.yaml': 'new' });
    const twice = Buffer.concat([
      archive({ 'a.yaml': 'old' }, [], ['a.yaml']).subarray(0, 1_024),
      archive({ 'a.yaml': 'new' }),
    ]);
    expect(textsOf(twice)).toEqual({ 'a.yaml': 'new' });
  });

  it('refuses a path that leads out of the archive', () => {
    const bytes = archive({ 'a.yaml': 'a' }, ['-P', '--transform=s,^,x/../../,'], ['a.yaml']);
    expect(() => readTar(bytes)).toThrow('its path "x/../../a.yaml" leads out of it');
  });

  it.each([
    ['is cut off in a file', (bytes: Buffer) => bytes.subarray(0, 1_400), 'ends early'],
    [
      'has another header than its checksum says',
      (bytes: Buffer) => bytes.fill(1, 1_536, 1_560),
      'at byte 1536 is wrong',
    ],
    ['says a negative size', (bytes: Buffer) => withSize(bytes, '-0000002000'), 'ends early'],
    ['says a size beyond measure', (bytes: Buffer) => withSize(bytes, '77777777777'), 'ends early'],
    ['says no size', (bytes: Buffer) => withSize(bytes, 'xxxxxxxxxxx'), 'ends early'],
  ])('refuses one that %s', (_, damage, reason) => {
    const bytes = archive({ 'a.yaml': 'a'.repeat(900), 'b.yaml': 'b' }, [], ['a.yaml', 'b.yaml']);
    expect(() => readTar(damage(bytes))).toThrow(reason);
  });

  it('refuses one with too many files', () => {
    const one = archive({ a: '' }, [], ['a']).subarray(0, 512);
    const headers = Array.from({ length: 10_001 }, (_, index) => {
      const header = Buffer.from(one);
      header.write(String(index).padStart(6, '0'), 0);
      return withChecksum(header);
    });
    expect(() => readTar(Buffer.concat(headers))).toThrow('more than 10000 files');
  });

  it.each([
    ['nothing', ''],
    ['a document', `openapi: 3.1.0\n${'#'.repeat(1_000)}`],
    ['noughts', '\0'.repeat(1_024)],
  ])('does not take %s for an archive', (_, text) => {
    expect(isTar(Buffer.from(text))).toBe(false);
  });
});

describe('the document of a bundle', () => {
  const files = (texts: Record<string, string>) => ({
    files: Object.entries(texts).map(([path, text]) => ({ path, bytes: Buffer.from(text) })),
    links: [],
  });
  const yaml = 'openapi: 3.1.0';

  it.each([
    ['the only one', { 'api/openapi.yaml': yaml, 'api/pet.yaml': 'type: object' }, 'api/openapi.yaml'],
    ['JSON of one line', { 'a.json': '{"info":{},"swagger":"2.0"}', 'b.json': '{}' }, 'a.json'],
    ['quoted YAML', { 'a.yml': '"openapi": "3.0.0"', 'b.json': '{}' }, 'a.yml'],
    ['the uppermost', { 'old/v1/openapi.yaml': yaml, 'v2/openapi.yaml': yaml, 'README.md': yaml }, 'v2/openapi.yaml'],
  ])('is %s', (_, texts, entry) => {
    expect(bundleOf(files(texts), undefined).entry).toBe(entry);
  });

  it('is the one that was named', () => {
    expect(bundleOf(files({ 'a.yaml': yaml, 'b/c.yaml': yaml }), './b/c.yaml').entry).toBe('b/c.yaml');
  });

  it.each([
    ['several', { 'a.yaml': yaml, 'b.yaml': yaml, 'c/d.yaml': yaml }, undefined, 'as `entry`: a.yaml, b.yaml.'],
    ['none', { 'a.yaml': 'x: 1\ny: {openapi: 3.1.0}' }, undefined, 'has no JSON or YAML file with `openapi`'],
    ['another than named', { 'a.yaml': yaml }, 'b.yaml', 'has no file "b.yaml". Name the document as `entry`: a.yaml.'],
  ])('is asked for when there are %s', (_, texts, entry, message) => {
    expect(() => bundleOf(files(texts), entry)).toThrow(message);
  });

  it('has no strays beside it, and what is no text is left out with a word', () => {
    const { files: kept, left_out } = bundleOf(
      {
        files: [
          ...files({
            'a.yaml': yaml,
            '._a.yaml': 'x',
            '.git/config': 'x',
            'node_modules/x/package.json': '{}',
            'a#b.yaml': '',
          }).files,
          { path: 'logo.png', bytes: new Uint8Array([0x89, 0x50, 0xff]) },
        ],
        links: ['b.yaml'],
      },
      undefined,
    );
    expect(kept.map(({ path }) => path)).toEqual(['a.yaml']);
    expect(left_out).toEqual([
      expect.stringContaining('b.yaml is a link'),
      expect.stringContaining('a#b.yaml is not'),
      expect.stringContaining('logo.png is not UTF-8 text'),
    ]);
  });
});

/** With another size in the first header. */
function withSize(bytes: Buffer, size: string): Buffer {
  bytes.write(size, 124);
  withChecksum(bytes.subarray(0, 512));
  return bytes;
}

function withChecksum(header: Buffer): Buffer {
  header.fill(' ', 148, 156);
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return header;
}
