/**
 * A value in a table. It has one member; which one is its kind. The tables hold texts, numbers and bytes only, and a
 * value of any other kind is read as one without members.
 */
export interface AttributeValue {
  S?: string;
  /** In decimal, because DynamoDB's numbers have more digits than JavaScript's. */
  N?: string;
  B?: Uint8Array;
}

/** An item, a key or the values of an expression, by their names. */
export type Item = Record<string, AttributeValue>;

/** The condition under which a write is done, with the values that it names. */
export interface Condition {
  ConditionExpression?: string;
  ExpressionAttributeValues?: Item;
}

export interface GetItem {
  TableName: string;
  Key: Item;
  ConsistentRead?: boolean;
}

export interface BatchGetItem {
  /** By table. */
  RequestItems: Record<string, { Keys: Item[]; ConsistentRead?: boolean }>;
}

export interface Query {
  TableName: string;
  KeyConditionExpression: string;
  ExpressionAttributeValues: Item;
  Limit?: number;
  ConsistentRead?: boolean;
  ExclusiveStartKey?: Item | undefined;
}

export interface PutItem extends Condition {
  TableName: string;
  Item: Item;
}

export interface UpdateItem extends Condition {
  TableName: string;
  Key: Item;
  UpdateExpression: string;
  ReturnValues?: 'UPDATED_NEW';
}

export interface DeleteItem {
  TableName: string;
  Key: Item;
}

/** One write of a batch. */
export interface WriteRequest {
  PutRequest?: { Item?: Item | undefined } | undefined;
}

export interface BatchWriteItem {
  /** By table. */
  RequestItems: Record<string, WriteRequest[]>;
}

/**
 * The operations of DynamoDB that the stores use, with its own names for what goes in and out. A request that fails
 * for a passing reason is repeated, so a write may be done twice before its answer is there. What fails in the end is
 * an `Error` whose `name` is DynamoDB's code for it, such as `ConditionalCheckFailedException`.
 */
export interface TableClient {
  getItem(request: GetItem): Promise<{ Item?: Item | undefined }>;
  batchGetItem(request: BatchGetItem): Promise<{
    Responses?: Record<string, Item[]> | undefined;
    UnprocessedKeys?: Record<string, { Keys?: Item[] | undefined }> | undefined;
  }>;
  query(request: Query): Promise<{ Items?: Item[] | undefined; LastEvaluatedKey?: Item | undefined }>;
  putItem(request: PutItem): Promise<unknown>;
  updateItem(request: UpdateItem): Promise<{ Attributes?: Item | undefined }>;
  deleteItem(request: DeleteItem): Promise<unknown>;
  batchWriteItem(request: BatchWriteItem): Promise<{
    UnprocessedItems?: Record<string, WriteRequest[]> | undefined;
  }>;
}
