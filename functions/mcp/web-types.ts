// What the protocol SDK uses of `Headers`, `Request` and `Response`. Touching Node's own loads its fetch stack, which
// costs a cold start nearly as much as the empty function; the bundler puts these in their place (lib/bundle.ts). They
// hold values and do nothing on the network.

type HeadersInit = Iterable<readonly [string, string]> | Record<string, string>;

/** Names in lower case, repeated values joined (Fetch, section 2.2.2). */
class PlainHeaders {
  private readonly values = new Map<string, string>();

  constructor(init: HeadersInit = {}) {
    const entries = Symbol.iterator in init ? init : Object.entries(init);
    for (const [name, value] of entries) this.append(name, value);
  }

  append(name: string, value: string): void {
    const key = name.toLowerCase();
    const present = this.values.get(key);
    this.values.set(key, present === undefined ? value.trim() : `${present}, ${value.trim()}`);
  }

  get(name: string): string | null {
    return this.values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.values.has(name.toLowerCase());
  }

  set(name: string, value: string): void {
    this.values.set(name.toLowerCase(), value.trim());
  }

  delete(name: string): void {
    this.values.delete(name.toLowerCase());
  }

  entries(): IterableIterator<[string, string]> {
    return this.values.entries();
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }
}

interface RequestInit {
  method?: string;
  headers?: HeadersInit;
  signal?: AbortSignal;
}

/** A request whose body was read before: the SDK is handed the parsed message beside it. */
class PlainRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: PlainHeaders;
  readonly signal: AbortSignal | undefined;
  readonly body = null;

  constructor(url: string | URL, { method = 'GET', headers, signal }: RequestInit = {}) {
    this.url = String(url);
    this.method = method.toUpperCase();
    this.headers = new PlainHeaders(headers);
    this.signal = signal;
  }
}

interface ResponseInit {
  status?: number;
  statusText?: string;
  headers?: HeadersInit;
}

/** A response of text, of a stream, or of nothing. */
class PlainResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: PlainHeaders;
  private readonly content: string | ReadableStream<Uint8Array> | null;

  constructor(content: string | ReadableStream<Uint8Array> | null = null, init: ResponseInit = {}) {
    this.status = init.status ?? 200;
    this.statusText = init.statusText ?? '';
    this.headers = new PlainHeaders(init.headers);
    this.content = content;
    if (typeof content === 'string' && !this.headers.has('content-type')) {
      this.headers.set('content-type', 'text/plain;charset=UTF-8');
    }
  }

  static json(value: unknown, init: ResponseInit = {}): PlainResponse {
    const headers = new PlainHeaders(init.headers);
    if (!headers.has('content-type')) headers.set('content-type', 'application/json');
    return new PlainResponse(JSON.stringify(value), { ...init, headers });
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get body(): ReadableStream<Uint8Array> | null {
    return typeof this.content === 'string' ? new Blob([this.content]).stream() : this.content;
  }

  async text(): Promise<string> {
    if (typeof this.content === 'string') return this.content;
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of this.content ?? []) text += decoder.decode(chunk, { stream: true });
    return text + decoder.decode();
  }
}

export { PlainHeaders as Headers, PlainRequest as Request, PlainResponse as Response };
