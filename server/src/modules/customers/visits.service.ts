// A known customer came by: what attribution tells us when it records a touch.
import { Injectable } from '@nestjs/common';
import { CustomersRepository } from './customers.repository.js';

@Injectable()
export class VisitsService {
  constructor(private readonly customers: CustomersRepository) {}

  /** Joins the caller's write. The first source stays the first; the last visit moves on. */
  note(customerId: string, source: string, at: Date): Promise<void> {
    return this.customers.noteVisit(customerId, source, at);
  }
}
