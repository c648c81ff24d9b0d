import { describe, expect, it } from 'vitest';
import { originCheck } from '../../functions/http/origin.ts';

const deployed = { publicUrl: 'https://mcp.example.com', allowedOrigins: ['https://app.example.com'] };
const local = { publicUrl: 'http://127.0.0.1:3000', allowedOrigins: [] };

describe('originCheck', () => {
  it.each([
    ['the own host without Origin', deployed, { host: 'mcp.example.com' }],
    ['the own origin', deployed, { host: 'mcp.example.com', origin: 'https://mcp.example.com' }],
    ['an allowed origin', deployed, { host: 'mcp.example.com', origin: 'https://app.example.com' }],
    ['any loopback name on one machine', local, { host: 'localhost:3000', origin: 'http://localhost:6274' }],
  ])('admits %s', (_, admission, headers) => {
    expect(() => originCheck(admission)(headers)).not.toThrow();
  });

  it.each([
    ['another host', deployed, { host: 'evil.example.com' }],
    ['no host', deployed, {}],
    ['another origin', deployed, { host: 'mcp.example.com', origin: 'https://evil.example.com' }],
    ['a null origin', deployed, { host: 'mcp.example.com', origin: 'null' }],
    ['the own host over plain HTTP', deployed, { host: 'mcp.example.com', origin: 'http://mcp.example.com' }],
    ['a loopback origin in a deployment', deployed, { host: 'mcp.example.com', origin: 'http://localhost' }],
    ['a rebound name on one machine', local, { host: 'evil.example.com:3000' }],
    ['a foreign origin on one machine', local, { host: '127.0.0.1:3000', origin: 'http://evil.example.com' }],
  ])('refuses %s', (_, admission, headers) => {
    expect(() => originCheck(admission)(headers as Record<string, string>)).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    );
  });
});
