// The parts of the inbox, for the module that holds them.
import { ConversationsRepository } from './conversations.repository.js';
import { ConversationsService } from './conversations.service.js';
import { InboxIntake } from './inbox-intake.service.js';
import { InboxJobs } from './inbox.jobs.js';
import { InboxResolver } from './inbox.resolver.js';
import { RepliesRepository } from './replies.repository.js';
import { RepliesService } from './replies.service.js';
import { Welcomes } from './welcomes.service.js';

export const inboxProviders = [ConversationsRepository, ConversationsService, InboxIntake, InboxJobs, InboxResolver, RepliesRepository, RepliesService, Welcomes];
