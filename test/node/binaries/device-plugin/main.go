// Offers /dev/net/tun of the node as the resource squat.ai/tun, as squat/generic-device-plugin does (which the Go module proxy does
// not have): kubelet binds a plugin's device into a container without mapping its ids.
package main

import (
	"context"
	"log"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	plugin "k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1"
)

const (
	device   = "/dev/net/tun"
	resource = "squat.ai/tun"
	copies   = 16
)

type tun struct {
	plugin.UnimplementedDevicePluginServer
}

func (tun) GetDevicePluginOptions(context.Context, *plugin.Empty) (*plugin.DevicePluginOptions, error) {
	return &plugin.DevicePluginOptions{}, nil
}

func (tun) ListAndWatch(_ *plugin.Empty, stream plugin.DevicePlugin_ListAndWatchServer) error {
	devices := make([]*plugin.Device, copies)
	for i := range devices {
		devices[i] = &plugin.Device{ID: strconv.Itoa(i), Health: plugin.Healthy}
	}
	if err := stream.Send(&plugin.ListAndWatchResponse{Devices: devices}); err != nil {
		return err
	}
	<-stream.Context().Done()
	return nil
}

func (tun) Allocate(_ context.Context, request *plugin.AllocateRequest) (*plugin.AllocateResponse, error) {
	response := &plugin.AllocateResponse{}
	for range request.ContainerRequests {
		specs := []*plugin.DeviceSpec{{ContainerPath: device, HostPath: device, Permissions: "rw"}}
		response.ContainerResponses = append(response.ContainerResponses, &plugin.ContainerAllocateResponse{Devices: specs})
	}
	return response, nil
}

// serve registers with the kubelet and returns when the kubelet has taken our socket away, as it does when it starts.
func serve(folder string) error {
	socket := filepath.Join(folder, "tun.sock")
	_ = os.Remove(socket)
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	plugin.RegisterDevicePluginServer(server, tun{})
	go func() { _ = server.Serve(listener) }()
	defer server.Stop()
	connection, err := grpc.NewClient("unix://"+filepath.Join(folder, "kubelet.sock"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer connection.Close()
	register := &plugin.RegisterRequest{Version: plugin.Version, Endpoint: "tun.sock", ResourceName: resource}
	if _, err := plugin.NewRegistrationClient(connection).Register(context.Background(), register); err != nil {
		return err
	}
	for {
		if _, err := os.Stat(socket); err != nil {
			return err
		}
		time.Sleep(time.Second)
	}
}

func main() {
	for {
		log.Print(serve(os.Args[1]))
		time.Sleep(time.Second)
	}
}
