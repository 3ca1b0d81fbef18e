import { Catch, UseFilters, type ExceptionFilter } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { EventEnvelope, type Command, type EventType, type Idempotence, type Role } from '@techze/contracts';
import { throwError, type Observable } from 'rxjs';

/** What a handler tells the server of itself (`MessageHandler.extras`). */
export interface CommandExtras {
  readonly idempotent: Idempotence;
  /** Who may ask. A handler that names nobody is closed. */
  readonly roles: readonly Role[];
}

/** Hands errors to the transport as they are: it words them, once, for all handlers. */
@Catch()
class AsThrown implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}
const asThrown = new AsThrown();

/**
 * The method answers this command. Its first parameter is the payload, validated by the command's request schema
 * (the app's StandardSchemaValidationPipe does that).
 */
export function HandlesCommand(command: Command): MethodDecorator {
  return (target, key, descriptor: PropertyDescriptor) => {
    const { idempotent, roles } = command;
    MessagePattern(command.pattern, { idempotent, roles } satisfies CommandExtras)(target, key, descriptor);
    Payload({ schema: command.request })(target, key, 0);
    UseFilters(asThrown)(target, key, descriptor);
  };
}

/** The method takes events of this type; its first parameter is the EventEnvelope. It may be called again: use the inbox. */
export function HandlesEvent(event: EventType): MethodDecorator {
  const envelope = EventEnvelope.extend({ data: event.data });
  return (target, key, descriptor: PropertyDescriptor) => {
    EventPattern(event.type)(target, key, descriptor);
    Payload({ schema: envelope })(target, key, 0);
    UseFilters(asThrown)(target, key, descriptor);
  };
}
