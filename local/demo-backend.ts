import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import { dealerService, Refused } from './dealer-service.ts';

export interface DemoBackend {
  /** `http://127.0.0.1:<port>` */
  url: string;
  close(): Promise<void>;
}

const limit = z.coerce.number().int().min(1).max(100).default(20);
const id = (letter: string) => z.string().regex(new RegExp(`^${letter}-[0-9]+$`), `must look like ${letter}-100`);

const enquiryFilter = z.object({
  status: z.enum(['new', 'contacted', 'booked', 'closed']).optional(),
  vehicleId: id('V').optional(),
  limit,
});

const vehicleFilter = z.object({
  dealerId: id('D').optional(),
  make: z.string().min(1).optional(),
  fuel: z.enum(['petrol', 'diesel', 'hybrid', 'electric']).optional(),
  status: z.enum(['available', 'booked', 'sold']).optional(),
  maxPrice: z.coerce.number().int().min(0).optional(),
  limit,
});

const enquiryChange = z.object({
  status: z.enum(['new', 'contacted', 'closed']),
  note: z.string().max(500).optional(),
});

const newBooking = z.object({
  vehicleId: id('V'),
  enquiryId: id('E').optional(),
  kind: z.enum(['viewing', 'test_drive', 'collection']).default('viewing'),
  slot: z.iso.datetime({ offset: true }),
  customer: z.object({ name: z.string().min(1).max(100), email: z.email(), phone: z.string().max(30).optional() }),
});

const newPayment = z.object({
  bookingId: id('B'),
  amount: z.int().min(1),
  currency: z.enum(['GBP', 'EUR']),
  method: z.enum(['card', 'bank_transfer']),
});

interface Call {
  /** What the route's pattern captured. */
  subject: string;
  query: Record<string, string>;
  body: () => Promise<unknown>;
}

interface Answer {
  status: number;
  body: unknown;
  location?: string;
}

interface Route {
  method: string;
  path: RegExp;
  answer: (call: Call) => Answer | Promise<Answer>;
}

/** What is answered as problem+json (RFC 9457) beside the service's own refusals. */
class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

/**
 * The dealer service of `openapi/examples/dealer-service-v1.yaml` as a real HTTP server on loopback. Its data is in
 * memory, the same at every start, and changes when it is written.
 */
export async function startDemoBackend({ port = 0 }: { port?: number } = {}): Promise<DemoBackend> {
  const routes = routesOf(dealerService());
  const server = createServer((request, response) => {
    handle(routes, request).then(
      (answer) => send(response, answer),
      (error: unknown) => sendProblem(response, error),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function routesOf(service: ReturnType<typeof dealerService>): Route[] {
  return [
    {
      method: 'GET',
      path: /^\/v1\/dealers\/([^/]+)\/enquiries$/,
      answer: ({ subject, query }) => ok(service.getDealerEnquiries(subject, enquiryFilter.parse(query))),
    },
    {
      method: 'PATCH',
      path: /^\/v1\/enquiries\/([^/]+)$/,
      answer: async ({ subject, body }) => ok(service.updateEnquiryStatus(subject, enquiryChange.parse(await body()))),
    },
    {
      method: 'GET',
      path: /^\/v1\/vehicles$/,
      answer: ({ query }) => ok(service.getVehicleInventory(vehicleFilter.parse(query))),
    },
    {
      method: 'POST',
      path: /^\/v1\/bookings$/,
      answer: async ({ body }) => {
        const booking = service.createBooking(newBooking.parse(await body()));
        return { status: 201, body: booking, location: `/v1/bookings/${booking.bookingId}` };
      },
    },
    {
      method: 'POST',
      path: /^\/v1\/payments$/,
      answer: async ({ body }) => ({ status: 201, body: service.processPayment(newPayment.parse(await body())) }),
    },
  ];
}

async function handle(routes: Route[], request: IncomingMessage): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const here = routes.filter(({ path }) => path.test(pathname));
  const route = here.find(({ method }) => method === request.method);
  if (here.length === 0) throw new Problem(404, `There is nothing at ${pathname}.`);
  if (!route) throw new Problem(405, `${pathname} does not take ${request.method}.`);
  return route.answer({
    subject: decodeURIComponent(route.path.exec(pathname)?.[1] ?? ''),
    query: Object.fromEntries(searchParams),
    body: () => readJson(request),
  });
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new Problem(415, 'Send the body as application/json.');
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new Problem(400, 'The body is not valid JSON.');
  }
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function send(response: ServerResponse, { status, body, location }: Answer, type = 'application/json'): void {
  response.writeHead(status, { 'Content-Type': type, ...(location && { Location: location }) });
  response.end(JSON.stringify(body));
}

function sendProblem(response: ServerResponse, error: unknown): void {
  const { status, detail, errors } = problemOf(error);
  const body = { type: 'about:blank', title: STATUS_CODES[status], status, detail, errors };
  send(response, { status, body }, 'application/problem+json');
}

function problemOf(error: unknown) {
  if (error instanceof Refused || error instanceof Problem) return { status: error.status, detail: error.message };
  if (error instanceof URIError) return { status: 400, detail: 'The path is not encoded correctly.' };
  if (!(error instanceof z.ZodError)) return { status: 500, detail: 'The demo backend failed.' };
  const errors = error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
  return { status: 400, detail: errors.map(({ field, message }) => `${field}: ${message}`).join('; '), errors };
}
