import type { Clock } from '../gateway/clock.ts';
import type { CatalogueStore } from './store.ts';
import type { Head, Snapshot, Tool } from './types.ts';

/** A tool as of a pointer. */
export interface FoundTool {
  head: Head;
  tool: Tool | undefined;
}

/** The catalogue as one instance reads it: what it was told in the last seconds, or else what the store says now. */
export interface TrustedCatalogue {
  head(): Promise<Head>;
  /** Costs one request to the store, or none for a tool that was read within the trusted time. */
  findTool(name: string): Promise<FoundTool>;
  /** The current revision, read once. What it returns is shared between callers: do not change it. */
  snapshot(): Promise<Snapshot>;
}

// Tools of 10 KB each would be 10 MB.
const rememberedTools = 1_000;

/**
 * Trusts nothing longer than `trustMs`, counted from the moment in which it was asked for. When the store fails
 * after that, so does the caller: what was revoked meanwhile cannot be known.
 */
export function trustedCatalogue(
  store: Pick<CatalogueStore, 'head' | 'findTool' | 'snapshot'>,
  clock: Clock,
  trustMs = 5_000,
): TrustedCatalogue {
  let pointer: { head: Head; at: number } | undefined;
  let listing: { revision: number; snapshot: Promise<Snapshot> } | undefined;
  /** Least recently used first. */
  const tools = new Map<string, { tool: Tool; revision: number; at: number }>();
  const joinHead = joining<Head>();
  const joinFind = joining<FoundTool>();

  // A clock that was set back must not make anything trusted for longer.
  const isFresh = (at: number) => clock() >= at && clock() - at < trustMs;

  /** Answers may arrive out of order; a pointer only moves forward. */
  function learn(head: Head, at: number): void {
    const isNews = !pointer || head.revision > pointer.head.revision;
    if (isNews || (head.revision === pointer?.head.revision && at > pointer.at)) pointer = { head, at };
  }

  function remember(tool: Tool, revision: number, at: number): void {
    tools.delete(tool.name);
    tools.set(tool.name, { tool, revision, at });
    const oldest = tools.keys().next();
    if (tools.size > rememberedTools && !oldest.done) tools.delete(oldest.value);
  }

  async function head(): Promise<Head> {
    if (pointer && isFresh(pointer.at)) return pointer.head;
    return joinHead('head', async () => {
      const at = clock();
      const current = await store.head();
      learn(current, at);
      return current;
    });
  }

  return {
    head,

    async findTool(name) {
      const known = tools.get(name);
      // Each tool has a time of its own: the pointer and the tool are two items, and a read of both may have seen
      // the new pointer with the old tool.
      if (known && known.revision === pointer?.head.revision && isFresh(known.at)) {
        remember(known.tool, known.revision, known.at);
        return { head: pointer.head, tool: known.tool };
      }
      return joinFind(name, async () => {
        const at = clock();
        const found = await store.findTool(name);
        learn(found.head, at);
        if (found.tool) remember(found.tool, found.head.revision, at);
        return found;
      });
    },

    async snapshot() {
      const { revision } = await head();
      if (listing?.revision === revision) return listing.snapshot;
      const snapshot = store.snapshot(revision);
      listing = { revision, snapshot };
      snapshot.catch(() => {
        if (listing?.snapshot === snapshot) listing = undefined;
      });
      return snapshot;
    },
  };
}

/** Callers that ask for the same thing while a request for it is under way share its answer or its failure. */
function joining<T>(): (key: string, begin: () => Promise<T>) => Promise<T> {
  const underWay = new Map<string, Promise<T>>();
  return (key, begin) => {
    const joined = underWay.get(key) ?? begin().finally(() => underWay.delete(key));
    underWay.set(key, joined);
    return joined;
  };
}
