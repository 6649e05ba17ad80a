// Three GraphQL clients ask Vendure for the same products. What each hands to the page, and the ads it found.

import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client/core";
import { Client, cacheExchange, fetchExchange } from "@urql/core";
import { GraphQLClient } from "graphql-request";
import { map } from "rxjs";

const uri = `${process.env.SHOP}/shop-api`;
const search = "query Search($input: SearchInput!) { search(input: $input) { totalItems items { productId productName } } }";
const variables = { input: { term: "lamp", groupByProduct: true, take: 10 } };
const tagged = ({ items }) => items.filter((item) => item.resolvedBidId).map((item) => item.productId);

const request = await new GraphQLClient(uri).request(search, variables);

const urql = await new Client({ url: uri, exchanges: [cacheExchange, fetchExchange], preferGetMethod: false }).query(search, variables);

// Apollo keeps of an item only what was asked for, and of an answer only its data: a link is where the rest goes by.
let summary = [];
const aside = new ApolloLink((operation, forward) =>
  forward(operation).pipe(map((answer) => ((summary = answer.extensions?.sponsored ?? []), answer))),
);
const client = new ApolloClient({ cache: new InMemoryCache(), link: ApolloLink.from([aside, new HttpLink({ uri })]) });
const apollo = await client.query({ query: gql(search), variables });

const of = ({ search }, ads) => ({ ids: search.items.map((item) => item.productId), tagged: tagged(search), ads });
console.log(
  JSON.stringify({
    "graphql-request": of(request, []),
    urql: of(urql.data, urql.extensions?.sponsored ?? []),
    apollo: of(apollo.data, summary),
    errors: [urql.error, apollo.error].filter(Boolean).map(String),
  }),
);
