import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Can } from '../../../core/graphql/doors.js';
import { isRefusal } from '../../../core/graphql/refusal.js';
import { ConversationsService, type ConversationsInput, type ConversationView } from './conversations.service.js';
import { RepliesService, type ReplyInput } from './replies.service.js';

@Resolver('Conversation')
export class InboxResolver {
  constructor(
    private readonly service: ConversationsService,
    private readonly replies: RepliesService,
  ) {}

  @Query() @Can('message.read')
  conversations(@Args() input: ConversationsInput) {
    return this.service.list(input);
  }

  @Query() @Can('message.read')
  conversation(@Args('id') id: string): Promise<ConversationView> {
    return this.service.get(id);
  }

  @Query() @Can('message.read')
  unreadConversations(): Promise<number> {
    return this.service.unread();
  }

  @Mutation() @Can('message.reply')
  async replyToConversation(@Args() input: ReplyInput) {
    const sent = await this.replies.send(input);
    return isRefusal(sent) ? sent : { __typename: 'ConversationMessage', ...sent };
  }

  @Mutation() @Can('message.reply')
  markConversationRead(@Args('id') id: string): Promise<ConversationView> {
    return this.service.markRead(id);
  }

  @Mutation() @Can('message.reply')
  assignConversation(@Args('id') id: string, @Args('staffId') staffId?: string | null): Promise<ConversationView> {
    return this.service.assign(id, staffId ?? null);
  }

  @ResolveField()
  messages(@Parent() conversation: ConversationView, @Args('first') first?: number, @Args('after') after?: string | null) {
    return this.service.thread(conversation, first, after);
  }
}
