import type { MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { StreamsContext } from './streams-context.js';

/** Nest's processing hooks around one piece of work (`Server.setOnProcessingStartHook`, `…EndHook`). */
export type WithHooks = <T>(context: StreamsContext, work: () => Promise<T>) => Promise<T>;

/** Runs a Nest handler to its one result. */
export async function runHandler(handler: MessageHandler, data: unknown, context: StreamsContext): Promise<unknown> {
  const result: unknown = await handler(data, context);
  return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
}
