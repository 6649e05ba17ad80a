// The same job on fasthttp, with gjson to read and slices of the original to write.
//
// go_fasthttp PORT MARKETPLACE ADS
package main

import (
	"bytes"
	"os"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
	"github.com/valyala/fasthttp"
)

var (
	marketplace *fasthttp.HostClient
	platform    *fasthttp.HostClient
	search      = []byte("/search/")
)

// question asks for two slots for the ids of the page.
func question(out []byte, products []gjson.Result, query []byte) []byte {
	out = append(out, `{"auctions":[{"type":"listings","slots":2,"products":{"ids":[`...)
	for i, product := range products {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, product.Get("id").Raw...)
	}
	out = append(out, `]},"searchQuery":`...)
	out = append(out, strconv.Quote(string(query))...)
	return append(out, `}]}`...)
}

func auction(products []gjson.Result, query []byte) ([]gjson.Result, error) {
	request, answer := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(answer)
	request.Header.SetMethod("POST")
	request.SetRequestURI("/v2/auctions")
	request.Header.SetHost(platform.Addr)
	request.Header.SetContentType("application/json")
	request.Header.Set("Authorization", "Bearer TSE_benchmark")
	request.SetBodyRaw(question(nil, products, query))
	if err := platform.Do(request, answer); err != nil {
		return nil, err
	}
	// GetBytes copies what it returns, so that the answer may be released.
	return gjson.GetBytes(answer.Body(), "results.0.winners").Array(), nil
}

// merge puts the winners on top, tagged; everything else keeps its bytes.
func merge(page []byte, list gjson.Result, products []gjson.Result, winners []gjson.Result) []byte {
	places := make(map[string]int, len(products))
	for i, product := range products {
		places[product.Get("id").Str] = i
	}
	moved := make(map[int]bool, len(winners))
	out := make([]byte, 0, len(page)+512*len(winners))
	out = append(out, page[:list.Index+1]...)
	for _, winner := range winners {
		place, known := places[winner.Get("id").Str]
		if !known || moved[place] {
			continue
		}
		if len(moved) > 0 {
			out = append(out, ',')
		}
		moved[place] = true
		out = append(out, `{"resolvedBidId":`...)
		out = append(out, winner.Get("resolvedBidId").Raw...)
		out = append(out, `,"rank":`...)
		out = append(out, winner.Get("rank").Raw...)
		out = append(out, ',')
		out = append(out, products[place].Raw[1:]...)
	}
	for i, product := range products {
		if !moved[i] {
			out = append(out, ',')
			out = append(out, product.Raw...)
		}
	}
	out = append(out, ']')
	return append(out, page[list.Index+len(list.Raw):]...)
}

func handle(ctx *fasthttp.RequestCtx) {
	ctx.Request.Header.Del("Connection")
	if err := marketplace.Do(&ctx.Request, &ctx.Response); err != nil {
		ctx.Error("bad gateway", fasthttp.StatusBadGateway)
		return
	}
	ctx.Response.Header.Del("Connection")
	if !bytes.HasPrefix(ctx.Path(), search) {
		return
	}
	page := ctx.Response.Body()
	list := gjson.GetBytes(page, "products")
	products := list.Array()
	winners, err := auction(products, ctx.QueryArgs().Peek("q"))
	if err == nil && len(winners) > 0 {
		ctx.Response.SetBodyRaw(merge(page, list, products, winners))
	}
}

func client(address string) *fasthttp.HostClient {
	return &fasthttp.HostClient{Addr: strings.TrimPrefix(address, "http://"), MaxConns: 1024}
}

func main() {
	marketplace, platform = client(os.Args[2]), client(os.Args[3])
	server := fasthttp.Server{Handler: handle, NoDefaultServerHeader: true}
	panic(server.ListenAndServe("127.0.0.1:" + os.Args[1]))
}
