// An RTSP server of one stream on this machine only: plays a file of H.264 again and again, at its own pace.
//
//	rtsp_server FILE FPS PORT USER PASSWORD [CERTIFICATE KEY]
//
// FILE: Annex B, each picture begun by an access unit delimiter. The password is asked for by digest; with a certificate it speaks RTSPS.
// PORT 0 is any free one. It prints its port, and ends when its standard input does.
package main

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/auth"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/gortsplib/v4/pkg/headers"
)

const (
	realm     = "camera"
	path      = "/channel/1"
	clockRate = 90000
)

type handler struct {
	user, password string
	mutex          sync.Mutex
	nonces         map[*gortsplib.ServerConn]string
	stream         *gortsplib.ServerStream
}

func (h *handler) OnConnOpen(ctx *gortsplib.ServerHandlerOnConnOpenCtx) {
	nonce, err := auth.GenerateNonce()
	if err != nil {
		log.Fatal(err)
	}
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.nonces[ctx.Conn] = nonce
}

func (h *handler) OnConnClose(ctx *gortsplib.ServerHandlerOnConnCloseCtx) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	delete(h.nonces, ctx.Conn)
}

// refused is nil where the request may go on.
func (h *handler) refused(conn *gortsplib.ServerConn, request *base.Request, asked string) *base.Response {
	h.mutex.Lock()
	nonce := h.nonces[conn]
	h.mutex.Unlock()
	methods := []headers.AuthMethod{headers.AuthDigestMD5}
	if err := auth.Validate(request, h.user, h.password, nil, methods, realm, nonce); err != nil {
		return &base.Response{
			StatusCode: base.StatusUnauthorized,
			Header:     base.Header{"WWW-Authenticate": auth.GenerateWWWAuthenticate(methods, realm, nonce)},
		}
	}
	if asked != path {
		return &base.Response{StatusCode: base.StatusNotFound}
	}
	return nil
}

func (h *handler) OnDescribe(ctx *gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	if refused := h.refused(ctx.Conn, ctx.Request, ctx.Path); refused != nil {
		return refused, nil, nil
	}
	return &base.Response{StatusCode: base.StatusOK}, h.stream, nil
}

func (h *handler) OnSetup(ctx *gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	if refused := h.refused(ctx.Conn, ctx.Request, ctx.Path); refused != nil {
		return refused, nil, nil
	}
	return &base.Response{StatusCode: base.StatusOK}, h.stream, nil
}

func (h *handler) OnPlay(*gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	return &base.Response{StatusCode: base.StatusOK}, nil
}

// units gives the pictures of a file, each as its NAL units without delimiters.
func units(data []byte) [][][]byte {
	var found [][][]byte
	for _, nalu := range bytes.Split(bytes.ReplaceAll(data, []byte{0, 0, 0, 1}, []byte{0, 0, 1}), []byte{0, 0, 1}) {
		if len(nalu) == 0 {
			continue
		}
		if nalu[0]&0x1f == 9 {
			found = append(found, nil)
		} else if len(found) > 0 {
			found[len(found)-1] = append(found[len(found)-1], nalu)
		}
	}
	return found
}

func play(stream *gortsplib.ServerStream, media *description.Media, h264 *format.H264, pictures [][][]byte, fps float64) {
	encoder, err := h264.CreateEncoder()
	if err != nil {
		log.Fatal(err)
	}
	began := time.Now()
	for n := 0; ; n++ {
		at := time.Duration(float64(n) / fps * float64(time.Second))
		time.Sleep(time.Until(began.Add(at)))
		packets, err := encoder.Encode(pictures[n%len(pictures)])
		if err != nil {
			log.Fatal(err)
		}
		for _, packet := range packets {
			packet.Timestamp = uint32(int64(at.Seconds() * clockRate))
			// What a reader cannot take is dropped for it, as a camera does.
			_ = stream.WritePacketRTP(media, packet)
		}
	}
}

// parameters are the sets of a stream: receivers get them before the first picture.
func parameters(pictures [][][]byte) (sps, pps []byte) {
	for _, nalu := range pictures[0] {
		switch nalu[0] & 0x1f {
		case 7:
			sps = nalu
		case 8:
			pps = nalu
		}
	}
	return sps, pps
}

func main() {
	data, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	fps, err := strconv.ParseFloat(os.Args[2], 64)
	if err != nil {
		log.Fatal(err)
	}
	pictures := units(data)
	sps, pps := parameters(pictures)
	h264 := &format.H264{PayloadTyp: 96, PacketizationMode: 1, SPS: sps, PPS: pps}
	media := &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{h264}}
	h := &handler{user: os.Args[4], password: os.Args[5], nonces: map[*gortsplib.ServerConn]string{}}
	// Bound here and told: nobody else can take a free port meanwhile, and nobody else reaches this one.
	server := &gortsplib.Server{Handler: h, RTSPAddress: "127.0.0.1:" + os.Args[3]}
	listening := make(chan net.Addr, 1)
	server.Listen = func(network, address string) (net.Listener, error) {
		listener, err := net.Listen(network, address)
		if err == nil {
			listening <- listener.Addr()
		}
		return listener, err
	}
	if len(os.Args) > 7 {
		pair, err := tls.LoadX509KeyPair(os.Args[6], os.Args[7])
		if err != nil {
			log.Fatal(err)
		}
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}}
	}
	if err := server.Start(); err != nil {
		log.Fatal(err)
	}
	h.stream = gortsplib.NewServerStream(server, &description.Session{Medias: []*description.Media{media}})
	go play(h.stream, media, h264, pictures, fps)
	fmt.Printf("port %d\n", (<-listening).(*net.TCPAddr).Port)
	_, _ = io.Copy(io.Discard, os.Stdin)
}
