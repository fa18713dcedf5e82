import { randomUUID } from 'node:crypto';

/** An id as long as Google's: n8n knows one in a link by its 25 characters or more. */
export const newId = (): string => `1${randomUUID().replaceAll('-', '')}`;
