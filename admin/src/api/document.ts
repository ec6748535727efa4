// Operations are generated as strings that carry their types; urql takes plain text.
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import type { TypedDocumentNode } from '@urql/vue';

export type Operation<Result, Variables> = DocumentTypeDecoration<Result, Variables>;

export const operationText = <Result, Variables>(operation: Operation<Result, Variables>): TypedDocumentNode<Result, Variables> =>
  // urql takes a string wherever it takes a document; only its types do not carry ours over.
  String(operation) as unknown as TypedDocumentNode<Result, Variables>;
