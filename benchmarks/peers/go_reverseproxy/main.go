// The same job on Go's own reverse proxy, with gjson to read and slices of the original to write.
//
// go_reverseproxy PORT MARKETPLACE ADS
package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

var (
	ads    string
	client *http.Client
)

func transport() *http.Transport {
	return &http.Transport{MaxIdleConns: 512, MaxIdleConnsPerHost: 512, DisableCompression: true}
}

// question asks for two slots for the ids of the page.
func question(products []gjson.Result, query string) []byte {
	var out bytes.Buffer
	out.WriteString(`{"auctions":[{"type":"listings","slots":2,"products":{"ids":[`)
	for i, product := range products {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(product.Get("id").Raw)
	}
	out.WriteString(`]},"searchQuery":`)
	out.WriteString(strconv.Quote(query))
	out.WriteString(`}]}`)
	return out.Bytes()
}

func auction(body []byte) ([]gjson.Result, error) {
	request, err := http.NewRequest("POST", ads+"/v2/auctions", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer TSE_benchmark")
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	return gjson.GetBytes(raw, "results.0.winners").Array(), nil
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

func sponsor(response *http.Response) error {
	if !strings.HasPrefix(response.Request.URL.Path, "/search/") {
		return nil
	}
	page, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		return err
	}
	list := gjson.GetBytes(page, "products")
	products := list.Array()
	winners, err := auction(question(products, response.Request.URL.Query().Get("q")))
	if err == nil && len(winners) > 0 {
		page = merge(page, list, products, winners)
	}
	response.Body = io.NopCloser(bytes.NewReader(page))
	response.ContentLength = int64(len(page))
	response.Header.Set("Content-Length", strconv.Itoa(len(page)))
	return nil
}

func main() {
	marketplace, err := url.Parse(os.Args[2])
	if err != nil {
		panic(err)
	}
	ads = os.Args[3]
	client = &http.Client{Transport: transport()}
	proxy := httputil.NewSingleHostReverseProxy(marketplace)
	proxy.Transport = transport()
	proxy.ModifyResponse = sponsor
	panic(http.ListenAndServe("127.0.0.1:"+os.Args[1], proxy))
}
