; title: An HttpClient for each call
; why: Every one opens connections of its own and leaves sockets behind.
; fix: Share one, or take them from IHttpClientFactory.
; cost: io
; bad: using var c = new HttpClient();
; good: member: C() { _client = new HttpClient(); }
; good: member: static readonly HttpClient C = new HttpClient();

((object_creation_expression type: (identifier) @type) @hit (#any-of? @type "HttpClient" "HttpClientHandler" "SocketsHttpHandler") (#not-inside? @hit field_declaration constructor_declaration))
