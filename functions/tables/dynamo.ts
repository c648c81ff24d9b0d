import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  BatchWriteItemCommand,
  type BatchWriteItemCommandInput,
  DeleteItemCommand,
  type DeleteItemCommandInput,
  type DynamoDBClient,
  GetItemCommand,
  type GetItemCommandInput,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { TableClient } from './client.ts';

/**
 * Tables through the AWS SDK, which finds credentials and endpoints wherever AWS keeps them. Retries and timeouts are
 * those of the client. The SDK's type for a value says that it has exactly one member; ours does not, hence `as`.
 */
export function sdkTables(client: DynamoDBClient): TableClient {
  return {
    getItem: (request) => client.send(new GetItemCommand(request as GetItemCommandInput)),
    batchGetItem: (request) => client.send(new BatchGetItemCommand(request as BatchGetItemCommandInput)),
    query: (request) => client.send(new QueryCommand(request as QueryCommandInput)),
    putItem: (request) => client.send(new PutItemCommand(request as PutItemCommandInput)),
    updateItem: (request) => client.send(new UpdateItemCommand(request as UpdateItemCommandInput)),
    deleteItem: (request) => client.send(new DeleteItemCommand(request as DeleteItemCommandInput)),
    batchWriteItem: (request) => client.send(new BatchWriteItemCommand(request as BatchWriteItemCommandInput)),
  };
}
