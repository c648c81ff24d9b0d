import { describe, expect, it } from 'vitest';
import { accessFromEnvironment } from '../../functions/tables/environment.ts';

const lambda = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
};

describe('accessFromEnvironment', () => {
  it('finds what Lambda tells a function', () => {
    expect(accessFromEnvironment(lambda)).toEqual({
      region: 'eu-west-1',
      endpoint: 'https://dynamodb.eu-west-1.amazonaws.com',
      credentials: { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' },
    });
  });

  it.each([
    ['us-gov-west-1', 'https://dynamodb.us-gov-west-1.amazonaws.com'],
    ['ap-southeast-2', 'https://dynamodb.ap-southeast-2.amazonaws.com'],
    ['cn-north-1', 'https://dynamodb.cn-north-1.amazonaws.com.cn'],
  ])('knows where the tables of %s are', (AWS_REGION, endpoint) => {
    expect(accessFromEnvironment({ ...lambda, AWS_REGION })?.endpoint).toBe(endpoint);
  });

  it.each([
    ['for DynamoDB', { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000' }, 'http://127.0.0.1:8000'],
    ['for every service', { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566/' }, 'http://127.0.0.1:4566'],
    [
      'for DynamoDB before one for every service',
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566', AWS_ENDPOINT_URL_DYNAMODB: 'https://dynamodb.example.com' },
      'https://dynamodb.example.com',
    ],
    ['in a region of no partition', { AWS_REGION: 'local', AWS_ENDPOINT_URL: 'http://[::1]:80' }, 'http://[::1]'],
    ['that is not set', { AWS_ENDPOINT_URL: '' }, 'https://dynamodb.eu-west-1.amazonaws.com'],
  ])('takes an endpoint %s', (_, settings, endpoint) => {
    expect(accessFromEnvironment({ ...lambda, ...settings })?.endpoint).toBe(endpoint);
  });

  it('finds Lambda too', () => {
    expect(accessFromEnvironment(lambda, 'lambda')?.endpoint).toBe('https://lambda.eu-west-1.amazonaws.com');
    const env = { ...lambda, AWS_ENDPOINT_URL_DYNAMODB: 'http://[::1]:1', AWS_ENDPOINT_URL_LAMBDA: 'http://[::1]:2' };
    expect(accessFromEnvironment(env, 'lambda')?.endpoint).toBe('http://[::1]:2');
  });

  it('does without a session token', () => {
    const access = accessFromEnvironment({ ...lambda, AWS_SESSION_TOKEN: '' });
    expect(access?.credentials.sessionToken).toBeUndefined();
  });

  it.each([
    ['no key', { AWS_ACCESS_KEY_ID: '' }],
    ['no secret', { AWS_SECRET_ACCESS_KEY: undefined }],
    ['no region', { AWS_REGION: undefined }],
    ['a profile', { AWS_PROFILE: 'work' }],
    ['a region of a partition of its own', { AWS_REGION: 'us-iso-east-1' }],
    ['a region that is none', { AWS_REGION: 'evil.example.com/eu-west-1' }],
    ['endpoints validated after FIPS 140', { AWS_USE_FIPS_ENDPOINT: 'true' }],
    ['endpoints for IPv6', { AWS_USE_DUALSTACK_ENDPOINT: 'true' }],
    ['an endpoint with a path', { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566/dynamodb' }],
    ['an endpoint with credentials', { AWS_ENDPOINT_URL: 'http://user:password@127.0.0.1:4566' }],
    ['an endpoint that is none', { AWS_ENDPOINT_URL: '127.0.0.1:4566' }],
  ])('leaves to the SDK: %s', (_, settings) => {
    expect(accessFromEnvironment({ ...lambda, ...settings })).toBeUndefined();
  });
});
