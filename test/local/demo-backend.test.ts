import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { load } from 'js-yaml';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { startDemoBackend } from '../../local/demo-backend.ts';
import { send } from './send.ts';

const contentSchema = z.record(z.string(), z.object({ schema: z.looseObject({}), example: z.unknown().optional() }));
const operationSchema = z.object({
  operationId: z.string(),
  requestBody: z.object({ content: contentSchema }).optional(),
  responses: z.record(z.string(), z.union([z.object({ $ref: z.string() }), z.object({ content: contentSchema })])),
});
const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.enum(['get', 'post', 'patch']), operationSchema.optional())),
  components: z.object({
    schemas: z.record(z.string(), z.unknown()),
    responses: z.record(z.string(), z.object({ content: contentSchema })),
  }),
});

const document = documentSchema.parse(
  load(readFileSync(join(import.meta.dirname, '../../openapi/examples/dealer-service-v1.yaml'), 'utf8')),
);
const operations = Object.values(document.paths).flatMap((item) => Object.values(item).filter((each) => each));
const ajv = new Ajv({ strict: false, allErrors: true });
// The package is CommonJS: its types and its shape under Node differ.
addFormats.default(ajv);
ajv.addSchema({ $id: 'dealer', components: document.components });

/** What the document promises for an answer of this operation. */
function promised(operationId: string, status: number) {
  const response = operations.find((operation) => operation?.operationId === operationId)?.responses[status];
  if (!response) return undefined;
  const { content } = '$ref' in response ? shared(response.$ref) : response;
  return Object.entries(content)[0];
}

function shared(reference: string) {
  const response = document.components.responses[reference.split('/').at(-1) ?? ''];
  if (!response) throw new Error(`The document has no ${reference}`);
  return response;
}

const paths = {
  getDealerEnquiries: ['GET', '/v1/dealers/D-100/enquiries'],
  updateEnquiryStatus: ['PATCH', '/v1/enquiries/E-5001'],
  getVehicleInventory: ['GET', '/v1/vehicles'],
  createBooking: ['POST', '/v1/bookings'],
  processPayment: ['POST', '/v1/payments'],
} as const;
type OperationId = keyof typeof paths;

/** A running backend; every answer is held against the document. */
async function demo() {
  const backend = await startDemoBackend();
  onTestFinished(() => backend.close());
  return async (
    operationId: OperationId,
    { path, query = '', body }: { path?: string; query?: string; body?: unknown } = {},
  ) => {
    const [method, usual] = paths[operationId];
    const headers = { 'content-type': 'application/json' };
    const sent = { method, ...(body !== undefined && { headers, body: JSON.stringify(body) }) };
    const answer = await send(backend.url, `${path ?? usual}${query}`, sent);
    const [type, { schema }] = promised(operationId, answer.status) ?? ['undocumented', { schema: {} }];
    const validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"dealer#/')));
    const json: unknown = JSON.parse(answer.body);
    expect({ type: answer.headers['content-type'], valid: validate(json), errors: validate.errors }).toEqual({
      type,
      valid: true,
      errors: null,
    });
    return { status: answer.status, body: json as never, location: answer.headers.location };
  };
}

const customer = { name: 'Amira Haddad', email: 'amira.haddad@example.com' };
const booking = { vehicleId: 'V-1001', slot: '2026-12-05T10:00:00Z', customer };
const payment = { bookingId: 'B-7001', amount: 9900, currency: 'GBP', method: 'card' };

describe('the document', () => {
  it('has the five operations of the demo', () => {
    expect(operations.map((operation) => operation?.operationId).sort()).toEqual(Object.keys(paths).sort());
  });

  it('gives examples that its own schemas allow', () => {
    const contents = operations.flatMap((operation) => [
      ...Object.values(operation?.requestBody?.content ?? {}),
      ...Object.values(operation?.responses ?? {}).flatMap((response) =>
        Object.values('$ref' in response ? shared(response.$ref).content : response.content),
      ),
    ]);
    for (const { schema, example } of contents) {
      if (example === undefined) continue;
      const validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"dealer#/')));
      expect({ example, valid: validate(example), errors: validate.errors }).toEqual({
        example,
        valid: true,
        errors: null,
      });
    }
  });

  it.each([
    ['getDealerEnquiries', '?status=new'],
    ['getVehicleInventory', '?dealerId=D-100&make=Volvo&maxPrice=30000'],
  ] as const)('gives the answer that %s has for its example on a fresh backend', async (operationId, query) => {
    const { body } = await (await demo())(operationId, { query });
    expect(body).toEqual(promised(operationId, 200)?.[1].example);
  });

  it('gives examples of bodies that work one after the other on a fresh backend', async () => {
    const call = await demo();
    for (const operationId of ['updateEnquiryStatus', 'createBooking', 'processPayment'] as const) {
      const operation = operations.find((each) => each?.operationId === operationId);
      const body = operation?.requestBody?.content['application/json']?.example;
      expect((await call(operationId, { body })).status).toBeLessThan(300);
    }
  });
});

describe('enquiries', () => {
  it.each([
    ['', ['E-5001', 'E-5002'], 2],
    ['?status=contacted', ['E-5002'], 1],
    ['?status=closed', [], 0],
    ['?vehicleId=V-1001', ['E-5001'], 1],
    ['?limit=1', ['E-5001'], 2],
  ])('of a dealer, newest first, with %j', async (query, ids, total) => {
    const call = await demo();
    const { status, body } = await call('getDealerEnquiries', { query });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { dealerId: 'D-100', total, enquiries: ids.map((enquiryId) => ({ enquiryId })) },
    });
  });

  it('show a new status and note afterwards', async () => {
    const call = await demo();
    const changed = await call('updateEnquiryStatus', { body: { status: 'closed', note: 'Bought elsewhere.' } });
    expect(changed).toMatchObject({ status: 200, body: { status: 'closed', note: 'Bought elsewhere.' } });
    const { body } = await call('getDealerEnquiries', { query: '?status=closed' });
    expect(body).toMatchObject({ total: 1, enquiries: [{ enquiryId: 'E-5001', note: 'Bought elsewhere.' }] });
  });

  it('that are booked can only be closed', async () => {
    const call = await demo();
    await call('createBooking', { body: { ...booking, enquiryId: 'E-5001' } });
    expect((await call('updateEnquiryStatus', { body: { status: 'new' } })).status).toBe(409);
    expect((await call('updateEnquiryStatus', { body: { status: 'closed' } })).status).toBe(200);
  });
});

describe('the inventory', () => {
  it.each([
    ['', ['V-2002', 'V-2003', 'V-1001', 'V-2001', 'V-1002'], 5],
    ['?dealerId=D-100', ['V-1001', 'V-1002'], 2],
    ['?make=volvo&fuel=electric', ['V-2001'], 1],
    ['?status=sold', ['V-1003'], 1],
    ['?maxPrice=24300', ['V-2002', 'V-2003'], 2],
    ['?limit=2', ['V-2002', 'V-2003'], 5],
  ])('is sorted by price and filtered by %j', async (query, ids, total) => {
    const call = await demo();
    const { body } = await call('getVehicleInventory', { query });
    expect(body).toMatchObject({ total, vehicles: ids.map((vehicleId) => ({ vehicleId })) });
  });
});

describe('a booking', () => {
  it('reserves the vehicle and links the enquiry', async () => {
    const call = await demo();
    const made = await call('createBooking', { body: { ...booking, enquiryId: 'E-5001', kind: 'test_drive' } });
    expect(made).toMatchObject({
      status: 201,
      location: '/v1/bookings/B-7001',
      body: { bookingId: 'B-7001', dealerId: 'D-100', kind: 'test_drive', status: 'awaiting_payment' },
    });
    expect((await call('getVehicleInventory', { query: '?status=booked' })).body).toMatchObject({
      vehicles: [{ vehicleId: 'V-1001', bookingId: 'B-7001' }],
    });
    expect((await call('getDealerEnquiries', { query: '?status=booked' })).body).toMatchObject({
      total: 1,
      enquiries: [{ enquiryId: 'E-5001', bookingId: 'B-7001' }],
    });
  });

  it('without an enquiry adds one', async () => {
    const call = await demo();
    expect((await call('createBooking', { body: booking })).body).toMatchObject({
      enquiryId: 'E-5004',
      kind: 'viewing',
    });
    expect((await call('getDealerEnquiries')).body).toMatchObject({
      total: 3,
      enquiries: [{ enquiryId: 'E-5004', status: 'booked', customer }, {}, {}],
    });
  });

  it.each([
    ['a vehicle that is sold', 409, { vehicleId: 'V-1003' }],
    ['an enquiry of another dealer', 409, { enquiryId: 'E-5003' }],
    ['a vehicle that is not there', 404, { vehicleId: 'V-9' }],
    ['an enquiry that is not there', 404, { enquiryId: 'E-9' }],
  ])('is refused for %s, and nothing changes', async (_, status, wrong) => {
    const call = await demo();
    expect((await call('createBooking', { body: { ...booking, ...wrong } })).status).toBe(status);
    expect((await call('getVehicleInventory', { query: '?status=booked' })).body).toMatchObject({ total: 0 });
    expect((await call('getDealerEnquiries')).body).toMatchObject({ total: 2 });
  });

  it('is refused for a vehicle or an enquiry that is booked already', async () => {
    const call = await demo();
    await call('createBooking', { body: { ...booking, enquiryId: 'E-5001' } });
    expect((await call('createBooking', { body: booking })).status).toBe(409);
    expect(
      (await call('createBooking', { body: { ...booking, vehicleId: 'V-1002', enquiryId: 'E-5001' } })).status,
    ).toBe(409);
  });
});

describe('a payment', () => {
  it('pays a booking once', async () => {
    const call = await demo();
    await call('createBooking', { body: booking });
    const first = await call('processPayment', { body: payment });
    expect(first).toMatchObject({ status: 201, body: { paymentId: 'P-9001', status: 'captured', amount: 9900 } });
    const second = await call('processPayment', { body: payment });
    expect(second).toMatchObject({
      status: 409,
      body: { title: 'Conflict', detail: 'Booking B-7001 is paid already.' },
    });
  });

  it.each([
    ['too little', { amount: 9899 }],
    ['another currency', { currency: 'EUR' }],
  ])('is refused for %s, and can be made afterwards', async (_, wrong) => {
    const call = await demo();
    await call('createBooking', { body: booking });
    const refused = await call('processPayment', { body: { ...payment, ...wrong } });
    expect(refused).toMatchObject({ status: 409, body: { detail: 'The deposit of booking B-7001 is 9900 GBP.' } });
    expect((await call('processPayment', { body: payment })).status).toBe(201);
  });

  it('needs a booking', async () => {
    expect((await (await demo())('processPayment', { body: payment })).status).toBe(404);
  });
});

describe('mistakes', () => {
  it.each<[OperationId, object, string[]]>([
    ['getDealerEnquiries', { query: '?status=lost&limit=0' }, ['status', 'limit']],
    ['getVehicleInventory', { query: '?maxPrice=cheap' }, ['maxPrice']],
    ['updateEnquiryStatus', { body: { status: 'booked' } }, ['status']],
    [
      'createBooking',
      { body: { ...booking, slot: 'tomorrow', customer: { name: '' } } },
      ['slot', 'customer.name', 'customer.email'],
    ],
    ['processPayment', { body: { ...payment, amount: 1.5 } }, ['amount']],
    ['createBooking', { body: [] }, ['']],
  ])('in %s are 400 and name every field', async (operationId, request, fields) => {
    const { status, body } = await (await demo())(operationId, request);
    expect({ status, body }).toMatchObject({ status: 400, body: { errors: fields.map((field) => ({ field })) } });
  });

  it.each([
    ['an unknown path', 404, 'GET', '/v2/vehicles', undefined],
    ['an unknown dealer', 404, 'GET', '/v1/dealers/D-999/enquiries', undefined],
    ['a broken path', 400, 'GET', '/v1/dealers/%zz/enquiries', undefined],
    ['another method', 405, 'DELETE', '/v1/vehicles', undefined],
    ['another content type', 415, 'POST', '/v1/bookings', 'text/plain'],
    ['malformed JSON', 400, 'POST', '/v1/bookings', 'application/json'],
  ])('such as %s are %i as problem+json', async (_, status, method, path, type) => {
    const { url, close } = await startDemoBackend();
    onTestFinished(close);
    const answer = await send(url, path, { method, ...(type && { headers: { 'content-type': type }, body: '{' }) });
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect({ status: answer.status, body: JSON.parse(answer.body) }).toMatchObject({ status, body: { status } });
  });
});
