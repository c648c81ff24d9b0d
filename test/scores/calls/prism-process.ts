// A process of its own for Prism, which serves one document after another and may die of one without harm to the score.

import { createRequire } from 'node:module';

interface Server {
  prism: { request(...parameters: unknown[]): () => Promise<unknown> };
  listen(port: number, host: string): Promise<string>;
  close(): Promise<void>;
}

/** What the command line is made of, from its own dependencies. */
const ofPrism = createRequire(createRequire(import.meta.url).resolve('@stoplight/prism-cli'));
const { getHttpOperationsFromSpec } = ofPrism('@stoplight/prism-http') as {
  getHttpOperationsFromSpec(document: object): Promise<unknown[]>;
};
const { createServer } = ofPrism('@stoplight/prism-http-server') as {
  createServer(operations: unknown[], options: object): Server;
};
const { createLogger } = ofPrism('@stoplight/prism-core') as {
  createLogger(name: string, options: object): unknown;
};

/** As the command line has it, but without a check of security: a backend has one credential, a document many. */
const config = {
  isProxy: false,
  validateRequest: true,
  validateResponse: false,
  checkSecurity: false,
  errors: false,
  mock: { dynamic: false },
};

interface Found {
  path?: string[];
  code?: string | number;
  message: string;
  severity: number;
}

/** Instead of a made-up reply, which costs most of the time and fails by itself: what Prism holds against the request. */
const mock =
  ({ input }: { input: { validations: Found[] } }) =>
  () => {
    const violations = input.validations
      .filter(({ severity }) => severity === 0)
      .map(({ path = [], code, message }) => ({ place: path.join('.'), code: String(code), message }));
    const headers = { 'content-type': 'application/json' };
    return { _tag: 'Right', right: { statusCode: violations.length > 0 ? 422 : 200, headers, body: { violations } } };
  };

const components = { logger: createLogger('prism', { enabled: false }), mock };
let server: Server | undefined;

process.on('message', async ({ document }: { document: object }) => {
  await server?.close();
  server = undefined;
  try {
    const operations = await getHttpOperationsFromSpec(document);
    server = createServer(operations, { components, cors: false, config });
    answerFailures(server.prism);
    process.send?.({ url: await server.listen(0, '127.0.0.1') });
  } catch (error) {
    process.send?.({ failure: error instanceof Error ? error.message : String(error) });
  }
});

interface Answer {
  right?: { validations: { input: unknown[] } };
}

/**
 * Prism’s process ends of an exception in its own reading of a request, and of a violation that a header cannot carry;
 * this makes an answer of the one and leaves the other to the body.
 */
function answerFailures(prism: Server['prism']): void {
  const { request } = prism;
  prism.request =
    (...parameters) =>
    async () => {
      try {
        const answer = (await request(...parameters)()) as Answer;
        if (answer.right) answer.right.validations.input = [];
        return answer;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return { _tag: 'Left', left: Object.assign(new Error(message), { status: 500, detail: message }) };
      }
    };
}
